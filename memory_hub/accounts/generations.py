"""What each change of accounts makes outdated among kept answers."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from memory_hub.accounts.models import Membership, Team, User
from memory_hub.caching import bump_after_commit, covering
from memory_hub.caching.dependencies import caller_key


def telling() -> AbstractContextManager[None]:
    """Around, or on, a function that writes accounts and tells here whose.

    Not for another address or another key of a team: everybody's answers show those.
    """
    return covering("accounts_user", "accounts_token", "accounts_team", "accounts_membership")


def members_key(team_key: str) -> str:
    """Changes with the members of a team."""
    return f"accounts/members/{team_key}"


def caller_changed(user_id: int) -> None:
    """Who the user is or what they may: tokens, activity, memberships."""
    bump_after_commit(caller_key(user_id))


def membership_changed(team: Team, emails: Iterable[str]) -> None:
    """The addresses joined, left or got another role."""
    users = User.objects.filter(email__in=list(emails)).values_list("pk", flat=True)
    bump_after_commit(members_key(team.key), *map(caller_key, users))


def team_changed(team: Team) -> None:
    """What its members may do with its memories, or whether it exists. Before a deletion."""
    members = Membership.objects.filter(team=team).values_list("email", flat=True)
    membership_changed(team, members)
