"""What each change of accounts makes outdated among kept answers."""

from collections.abc import Iterable, Iterator

from memory_hub.accounts.events import (
    AccountChanged,
    MembershipChanged,
    TeamChanged,
    TeamFacts,
    TokenChanged,
)
from memory_hub.caching import bump_after_commit
from memory_hub.caching.dependencies import caller_key
from memory_hub.events.telling import hears

Heard = AccountChanged | TokenChanged | TeamChanged | MembershipChanged


def members_key(team_key: str) -> str:
    """Changes with the members of a team."""
    return f"accounts/members/{team_key}"


@hears(AccountChanged, TokenChanged, TeamChanged, MembershipChanged)
def outdate(events: Iterable[Heard]) -> None:
    """Who somebody is or what they may, who is in a team, and what its members may."""
    bump_after_commit(*{key for event in events for key in _keys(event)})


def _keys(event: Heard) -> Iterator[str]:
    if isinstance(event, AccountChanged | TokenChanged) or (
        isinstance(event, MembershipChanged) and event.user_id is not None
    ):
        yield caller_key(event.user_id)
    for team in _teams(event):
        yield members_key(team.key)
        yield from map(caller_key, team.members)


def _teams(event: Heard) -> tuple[TeamFacts, ...]:
    if isinstance(event, AccountChanged):
        return event.teams
    return () if isinstance(event, TokenChanged) else (event.team,)
