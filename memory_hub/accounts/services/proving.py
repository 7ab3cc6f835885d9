"""Addresses that are proven to be somebody's: by mail, by single sign-on, by staff."""

from allauth.account.models import EmailAddress
from django.db import transaction

from memory_hub.accounts.events import AccountChanged, AccountKind, telling
from memory_hub.accounts.facts import teams_of
from memory_hub.accounts.models import Token, User
from memory_hub.accounts.services import revoke_all
from memory_hub.accounts.services.operators import store_password
from memory_hub.accounts.services.second_factors import remove_all
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell


@transaction.atomic
@telling()
def prove(user_id: int, *, by: Identity) -> bool:
    """From now on all counts that waits for the address. Returns whether it was not proven yet."""
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_proven:
        return False
    user.vouched_by = ""
    user.save(update_fields=["vouched_by"])
    EmailAddress.objects.filter(user_id=user_id, email=user.email).update(verified=True)
    tell(
        AccountChanged(
            *(by.actor, by.origin, AccountKind.PROVEN, user.pk, user.email, teams_of(user))
        )
    )
    return True


@transaction.atomic
def take_over_without_password(user_id: int, *, by: Identity) -> None:
    """The same where the owner of the address comes by single sign-on: nobody knows a password."""
    take_over(user_id, by=by)
    user = User.objects.get(pk=user_id)
    user.set_unusable_password()
    store_password(user, by=by)


@transaction.atomic
@telling()
def take_over(user_id: int, *, by: Identity) -> None:
    """The owner of the address has come with a mail that was sent there. Who made the account
    without having proven it may have been somebody else: nothing that was set up for getting in
    stays valid. The caller sets another password, which ends all sessions."""
    if not prove(user_id, by=by):
        return
    user = User.objects.get(pk=user_id)
    remove_all(user, by=by)
    tokens = Token.objects.filter(user_id=user_id).values_list("pk", flat=True)
    revoke_all(list(tokens), by=by)
    kind = AccountKind.TAKEN_OVER
    tell(AccountChanged(by.actor, by.origin, kind, user.pk, user.email))
