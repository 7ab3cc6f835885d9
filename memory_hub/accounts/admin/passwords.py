"""Passwords that operators set; through the service, as everything."""

from typing import Any

from unfold.forms import AdminPasswordChangeForm

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.services import operators


class NewPasswordForm(AdminPasswordChangeForm):
    """Another's password; ``by`` says who sets it."""

    def __init__(self, *arguments: Any, by: Principal, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.by = by

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        operators.store_password(user, by=self.by)
        return user
