"""Forms of accounts; addresses are read in their one spelling."""

from collections.abc import Sequence
from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from memory_hub.accounts.attempts import guessed_wrong, may_guess, may_log_in
from memory_hub.accounts.models import TeamRole, User, normal_email
from memory_hub.accounts.reset_links import lock_unused, proves_address
from memory_hub.accounts.services.operators import store_password
from memory_hub.accounts.services.proving import take_over
from web.accounts import mail
from web.accounts.visitors import person


class LoginForm(allauth.LoginForm):
    def clean_login(self) -> str:
        return normal_email(self.cleaned_data["login"])

    def clean(self) -> dict[str, Any]:
        address = self.cleaned_data.get("login")
        if address and not may_log_in(context.request, address):
            raise get_adapter().validation_error("too_many_login_attempts")
        return super().clean()


class AddressField(forms.EmailField):
    """An e-mail address, in its normal spelling."""

    def __init__(self, **options: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        super().__init__(label=_("E-mail address"), max_length=254, widget=widget, **options)

    def to_python(self, value: Any) -> Any:
        return normal_email(super().to_python(value))


class ChangePasswordForm(allauth.ChangePasswordForm):
    """Each try of the present password counts as one at the log-in: whoever has found a session
    open is to guess no more often than others."""

    def clean_oldpassword(self) -> str:
        if not may_guess(context.request, self.user):
            raise get_adapter().validation_error("enter_current_password")
        try:
            return super().clean_oldpassword()
        except ValidationError:
            guessed_wrong(context.request, self.user)
            raise


class ResetPasswordForm(allauth.ResetPasswordForm):
    """Does the same for every address: whether there is an account is found out by the task."""

    def clean_email(self) -> str:
        return normal_email(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **options: object) -> str:
        address = self.cleaned_data["email"]
        mail.send_reset_link.enqueue(address, get_language())
        return address


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    """A link that was mailed shows whose the address is, too."""

    def save(self) -> None:
        """Sets the password. Raises LinkUsed where the link has set one meanwhile."""
        # Before the transaction: it takes long.
        encoded = make_password(self.cleaned_data["password1"])
        by = person(context.request, self.user)
        with transaction.atomic():
            lock_unused(self.user, self.temp_key)
            if proves_address(self.temp_key):
                take_over(self.user.pk, by=by)
                self.user.refresh_from_db()
            self.user.password = encoded
            store_password(self.user, by=by)


def within_domains(address: str) -> str:
    """The address. Raises ValidationError where the hub is for others."""
    if not settings.HUB_SIGNUP.admits(address):
        domains = ", ".join(sorted(settings.HUB_SIGNUP.domains))
        text = _("Addresses of these domains may have an account here: %(domains)s.")
        raise ValidationError(text, params={"domains": domains})
    return address


class SignUpForm(forms.Form):
    email = AddressField()

    def clean_email(self) -> str:
        return within_domains(self.cleaned_data["email"])


class AnotherAddressForm(forms.Form):
    """The address that a user wants instead of the present one. Whether it has an account is not
    said; where the hub is for some domains, it is of one of those."""

    email = AddressField()

    def __init__(self, *arguments: Any, present: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.present = present

    def clean_email(self) -> str:
        address = self.cleaned_data["email"]
        if address == self.present:
            raise ValidationError(_("This is the address of your account."))
        return within_domains(address) if settings.HUB_SIGNUP.domains else address


class NewAccountForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Eight characters at least, and nothing that is easy to guess."),
    )

    def __init__(self, *arguments: Any, email: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.email = email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, User(email=self.email))
        return password


class InvitationForm(forms.Form):
    email = AddressField()
    team_key = forms.ChoiceField(label=_("Team"), required=False)
    role = forms.ChoiceField(
        label=_("Role in the team"),
        required=False,
        choices=[(TeamRole.MEMBER.value, _("member")), (TeamRole.ADMIN.value, _("admin"))],
    )

    def __init__(
        self, *arguments: Any, teams: Sequence[str], needs_team: bool, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        choices = [(key, key) for key in teams]
        self.fields["team_key"].choices = choices if needs_team else [("", "–"), *choices]
        self.fields["team_key"].required = needs_team
