"""Second factors, passkeys and single sign-ons of accounts, which django-allauth keeps."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from memory_hub.accounts.events import AccountChanged, AccountKind, telling
from memory_hub.accounts.models import User
from memory_hub.accounts.services import groups
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell


@transaction.atomic
@telling()
def tell_of_change(user: User, *, by: Identity) -> None:
    """What one can get in with has changed."""
    tell(AccountChanged(by.actor, by.origin, AccountKind.FACTORS, user.pk, user.email))


@transaction.atomic
def sign_on_removed(user: User, *, by: Identity) -> None:
    """Nobody signs on for the user at the provider any more."""
    groups.forget(user, by=by)
    tell_of_change(user, by=by)


@transaction.atomic
def remove_all(user: User, *, by: Identity) -> int:
    """Takes all of a user's away: for who has lost them. Returns how many there were."""
    removed = Authenticator.objects.filter(user_id=user.pk).delete()[0]
    if signed_on := SocialAccount.objects.filter(user_id=user.pk).delete()[0]:
        groups.forget(user, by=by)
    removed += signed_on
    if removed:
        tell_of_change(user, by=by)
    return removed
