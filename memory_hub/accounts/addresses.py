"""Addresses of accounts as django-allauth keeps them: one a user, proven or not."""

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model

from memory_hub.accounts.spaces import account_name
from memory_hub.journal.audience import hand_over


def note_address(user, *, proven: bool = True) -> None:
    """The row of a new user's address. The caller has a transaction."""
    EmailAddress.objects.create(user=user, email=user.email, verified=proven, primary=True)


def leave_address(user_id: int, address: str, vouched_by: str) -> None:
    """What the journal told the address stays the account's, which has it no more; whoever has it
    later is somebody else. What an unproven one was told is nobody's so far, and stays.

    After all that is told of the change, which is told to the address too.
    """
    if not vouched_by:
        hand_over(address, account_name(user_id))


def is_free(address: str) -> bool:
    """Whether no account has the address."""
    return not get_user_model().objects.filter(email=address).exists()
