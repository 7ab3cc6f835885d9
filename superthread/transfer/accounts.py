"""As whom a command works."""

from django.core.management.base import CommandError

from memory_hub.accounts.models import User, normal_email
from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.core.identity import Origin, Via


def caller(email: str | None, via: Via = Via.COMMAND) -> Principal:
    """The active user of the address, or the first administrator. Raises CommandError."""
    users = User.objects.filter(is_active=True)
    if email is not None:
        user = users.filter(email=normal_email(email)).first()
        if user is None:
            raise CommandError(f"There is no active account {normal_email(email)}.")
    else:
        user = users.filter(is_superuser=True).order_by("pk").first()
        if user is None:
            raise CommandError("There is no administrator yet: name the owner with --as EMAIL.")
    return principal_of(user, "command", Origin(via))
