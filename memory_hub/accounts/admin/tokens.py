"""Tokens: made, looked at and revoked. The secret is on the page after making one, nowhere else."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from memory_hub.accounts import scopes, services
from memory_hub.accounts.models import Team, Token, User
from memory_hub.accounts.principal import operator
from memory_hub.accounts.restricted import team_keys
from memory_hub.accounts.restrictions import CATEGORY_LENGTH, PREFIX_LENGTH, Restriction, folder
from memory_hub.accounts.services import operators
from memory_hub.admin.base import HubAdmin, Labelled, moment
from memory_hub.core.text import nfc

NARROWING = ("reading_only", "personal", "teams", "category", "path_prefix")
STATES = {"valid": "success", "expired": "warning", "revoked": "danger"}
WORDS = {"valid": _("valid"), "expired": _("expired"), "revoked": _("revoked")}


def _scopes_in_words() -> list[tuple[str, str]]:
    language = get_language()
    return [(one.name, f"{one.name}: {one.words(language)}") for one in scopes.described()]


class NewTokenForm(forms.ModelForm):
    name = forms.CharField(
        label=_("name"),
        max_length=64,
        initial=_("made in the admin"),
        widget=UnfoldAdminTextInputWidget,
        help_text=_("what lists of tokens show"),
    )
    scopes = forms.MultipleChoiceField(
        label=_("scopes"),
        choices=_scopes_in_words,
        initial=scopes.default_scopes,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    days = forms.IntegerField(
        label=_("Valid for (days)"),
        min_value=1,
        max_value=services.MAX_LIFETIME.days,
        initial=services.DEFAULT_LIFETIME.days,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    reading_only = forms.BooleanField(
        label=_("Reading only"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Nothing is changed with it, whatever its scopes."),
    )
    personal = forms.BooleanField(
        label=_("For personal memories"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_(
            "The user's own. With teams, for both; with neither, for all that the user has."
        ),
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("For memories of teams"),
        queryset=Team.objects.all(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("It gives nobody a place in a team: the user's own places count."),
    )
    category = forms.CharField(
        label=_("For one category"),
        max_length=CATEGORY_LENGTH,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Left empty, for all of them."),
    )
    path_prefix = forms.CharField(
        label=_("For one folder of paths"),
        max_length=PREFIX_LENGTH - 1,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Such as notes/plans. Left empty, for memories without a path, too."),
    )

    class Meta:
        model = Token
        fields = ("user", "name", "scopes")

    def restriction(self) -> Restriction:
        """What the form says that the token is restricted to."""
        told = self.cleaned_data
        teams = frozenset(team.pk for team in told["teams"]) or None
        category, below = nfc(told["category"]) or None, told["path_prefix"] or None
        return Restriction(told["reading_only"], told["personal"], teams, category, below)

    def clean_path_prefix(self) -> str:
        text = nfc(self.cleaned_data["path_prefix"])
        try:
            return folder(text) if text else ""
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        user = cleaned.get("user")
        beyond = [name for name in cleaned.get("scopes", ()) if name in scopes.staff_scopes()]
        if user and not user.is_staff and beyond:
            raise ValidationError(
                {"scopes": _("Only for staff: %(names)s.") % {"names": ", ".join(beyond)}}
            )
        if not beyond and cleaned.get("reading_only") and _writes_only(cleaned.get("scopes", ())):
            raise ValidationError({"scopes": _("A token for reading needs a scope to read.")})
        return cleaned


def _writes_only(names: Iterable[str]) -> bool:
    return set(names) <= scopes.writing_scopes()


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(WORDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Token]) -> QuerySet[Token]:
        now = timezone.now()
        conditions = {
            "valid": Q(revoked_at=None, expires_at__gt=now),
            "expired": Q(revoked_at=None, expires_at__lte=now),
            "revoked": Q(revoked_at__isnull=False),
        }
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


@admin.register(Token)
class TokenAdmin(HubAdmin):
    list_display = ["shown", "name", "user", "state", "scope_list", "until", "last_used"]
    list_select_related = ["user"]
    list_filter = [StateFilter]
    search_fields = ["user__email", "name", "prefix"]
    search_help_text = _("e-mail address, name, or the first characters of the token")
    ordering = ["-pk"]
    sortable_by = ()
    actions = ["revoke_chosen"]
    actions_detail = ["revoke"]
    autocomplete_fields = ["user"]
    fields = [
        *("shown", "name", "user", "state", "scope_list", "limited_to", "client"),
        *("created_at", "expires_at", "revoked_at", "last_used_at"),
    ]
    add_fieldsets = [(None, {"fields": ["user", "name", "scopes", "days", *NARROWING]})]

    def audit_name(self, token: Token) -> str:
        return f"token {token.prefix}…"

    @admin.display(description=_("token"))
    def shown(self, token: Token) -> str:
        return f"{token.prefix}…"

    @display(description=_("state"), label=STATES)
    def state(self, token: Token) -> Labelled:
        if token.revoked_at:
            state = "revoked"
        else:
            state = "valid" if token.expires_at > timezone.now() else "expired"
        return Labelled(state, WORDS[state])

    @admin.display(description=_("scopes"))
    def scope_list(self, token: Token) -> str:
        return ", ".join(token.scope_names)

    @admin.display(description=_("it is for, as its user is told"))
    def limited_to(self, token: Token) -> str:
        return token.restriction.words(get_language(), team_keys([token]))

    @admin.display(description=_("valid until (UTC)"))
    def until(self, token: Token) -> SafeString | str:
        return moment(token.expires_at)

    @admin.display(description=_("last used (UTC)"))
    def last_used(self, token: Token) -> SafeString | str:
        return moment(token.last_used_at)

    def get_form(
        self, request: HttpRequest, obj: Token | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewTokenForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Token | None = None) -> list[str]:
        return list(self.fields) if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A token speaks for its user: only superusers make one for somebody else."""
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(pk=request.user.pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.change_token")

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        """Through the service; the new token takes the place of the form's instance."""
        cleaned = form.cleaned_data
        token, secret = services.create_token(
            user_id=cleaned["user"].pk,
            name=cleaned["name"],
            scopes=cleaned["scopes"],
            expires_at=timezone.now() + timedelta(days=cleaned["days"]),
            restriction=form.restriction(),
            by=operator(request),
        )
        obj.__dict__.update(token.__dict__)
        # For response_add alone: not a message, which would be kept in a cookie or a session.
        request.new_secret = secret

    def response_add(
        self, request: HttpRequest, obj: Token, post_url_continue: str | None = None
    ) -> HttpResponse:
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": _("The new token"),
            "secret": request.new_secret,
            "back": reverse("admin:accounts_token_changelist"),
        }
        return TemplateResponse(
            request, "admin/hub/new_token.html", page, headers={"Cache-Control": "no-store"}
        )

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke_chosen(self, request: HttpRequest, selection: QuerySet[Token]) -> None:
        self.message_user(request, self._revoke(request, self.chosen(request, selection)))

    @action(description=_("Revoke"), permissions=["revoke"], icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        token = self.one(request, object_id)
        return self.confirmed(
            request,
            token,
            question=_("Revoke token %(token)s… of %(user)s?")
            % {"token": token.prefix, "user": token.user},
            detail=_("It is refused from the next request on, for good."),
            button=_("Revoke"),
            act=lambda: self._revoke(request, [token]),
        )

    def _revoke(self, request: HttpRequest, tokens: list[Token]) -> str:
        held = [token for token in tokens if token.revoked_at is None]
        done = operators.revoke_tokens(held, by=operator(request))
        self.audit(request, held, gettext_noop("Revoked."))
        return _("Revoked %(done)s of %(count)s tokens.") % {"done": done, "count": len(tokens)}
