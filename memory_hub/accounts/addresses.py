"""Addresses of accounts as django-allauth keeps them: one a user, proven or not."""

from allauth.account.models import EmailAddress


def note_address(user, *, proven: bool = True) -> None:
    """The row of a new user's address. The caller has a transaction."""
    EmailAddress.objects.create(user=user, email=user.email, verified=proven, primary=True)
