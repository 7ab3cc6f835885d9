"""allauth's forms where an address is read: in its one spelling."""

from allauth.account import forms
from django.http import HttpRequest
from django.utils.translation import get_language

from memory_hub.accounts.models import normal_email
from web.accounts import mail


class LoginForm(forms.LoginForm):
    def clean_login(self) -> str:
        return normal_email(self.cleaned_data["login"])


class ResetPasswordForm(forms.ResetPasswordForm):
    """Does the same for every address: whether there is an account is found out by the task."""

    def clean_email(self) -> str:
        return normal_email(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **options: object) -> str:
        address = self.cleaned_data["email"]
        mail.send_reset_link.enqueue(address, get_language())
        return address
