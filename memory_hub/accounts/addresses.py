"""Addresses of accounts as django-allauth keeps them: one a user, proven or not."""

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model


def note_address(user, *, proven: bool = True) -> None:
    """The row of a new user's address. The caller has a transaction."""
    EmailAddress.objects.create(user=user, email=user.email, verified=proven, primary=True)


def is_free(address: str) -> bool:
    """Whether no account has the address."""
    return not get_user_model().objects.filter(email=address).exists()
