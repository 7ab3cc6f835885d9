"""What is written of an account itself."""

from django.db import transaction

from memory_hub.accounts.addresses import note_address
from memory_hub.accounts.events import AccountChanged, AccountKind, telling
from memory_hub.accounts.models import User, normal_email
from memory_hub.accounts.principal import Principal
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell


@transaction.atomic
@telling()
def ensure_user(email: str, *, by: Identity) -> User:
    """The user of the address, made without a password when there is none."""
    user, made = User.objects.get_or_create(
        email=normal_email(email), defaults={"password": _unusable_password()}
    )
    if made:
        note_address(user)
        tell(AccountChanged(by.actor, by.origin, AccountKind.CREATED, user.pk, user.email))
    return user


def _unusable_password() -> str:
    user = User()
    user.set_unusable_password()
    return user.password


@transaction.atomic
@telling()
def choose_language(*, language: str, by: Principal) -> None:
    """Pages and mails of the caller's account speak this language, one of the hub's codes, from now
    on."""
    others = User.objects.filter(pk=by.user_id).exclude(language=language)
    if others.update(language=language):
        tell(AccountChanged(by.actor, by.origin, AccountKind.UPDATED, by.user_id, by.email))
