"""Passwords, set by their owners and by operators; through the service, as everything."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm, AdminPasswordChangeForm

from memory_hub.accounts import operators
from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal, operator


class _ThroughTheService:
    """A form of which ``by`` says who sets the password."""

    def __init__(self, *arguments: Any, by: Principal, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.by = by

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)  # type: ignore[misc] - of the form beside it
        operators.store_password(user, by=self.by)
        return user


class NewPasswordForm(_ThroughTheService, AdminPasswordChangeForm):
    """Another's password."""


class OwnPasswordForm(_ThroughTheService, AdminOwnPasswordChangeForm):
    """One's own."""


class OwnPasswordView(PasswordChangeView):
    """The admin's page for one's own password."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": operator(self.request)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**admin.site.each_context(self.request), **context)
