"""What the journal says of changes of accounts, tokens and teams."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from memory_hub.accounts.events import (
    AccountChanged,
    BlockChanged,
    InvitationChanged,
    MembershipChanged,
    TeamChanged,
    TokenChanged,
)
from memory_hub.accounts.spaces import space_of_team
from memory_hub.database.statements import Statement
from memory_hub.events.event import Event
from memory_hub.events.telling import hears
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact

Told = (
    AccountChanged
    | TokenChanged
    | TeamChanged
    | MembershipChanged
    | InvitationChanged
    | BlockChanged
)


def _account(event: AccountChanged) -> dict[str, Any]:
    teams = sorted(team.id for team in event.teams)
    detail = {"email": event.email} | ({"teams": teams} if teams else {})
    detail |= {"former": event.former} if event.former else {}
    return {"subject_id": event.user_id, "space": event.user_id, "detail": detail}


def _token(event: TokenChanged) -> dict[str, Any]:
    return {"subject_id": event.token_id, "space": event.user_id}


def _team(event: TeamChanged) -> dict[str, Any]:
    team = event.team
    return {
        "subject_id": team.id,
        "space": space_of_team(team.id),
        "detail": {"team_key": team.key},
    }


def _membership(event: MembershipChanged) -> dict[str, Any]:
    detail = {
        "team_key": event.team.key,
        "email": event.email,
        "before": event.before,
        "after": event.after,
    }
    return {
        "subject_id": event.team.id,
        "space": space_of_team(event.team.id),
        "detail": detail,
        "audience": (event.email,),
    }


def _invitation(event: InvitationChanged) -> dict[str, Any]:
    return {"subject_id": event.invitation_id, "detail": {"email": event.email}}


def _block(event: BlockChanged) -> dict[str, Any]:
    detail = {"email": event.email}
    return {"subject_id": event.user_id, "space": event.user_id, "detail": detail}


_SAID: Mapping[type[Event], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    AccountChanged: ("account", _account),
    TokenChanged: ("token", _token),
    TeamChanged: ("team", _team),
    MembershipChanged: ("membership", _membership),
    InvitationChanged: ("invitation", _invitation),
    BlockChanged: ("block", _block),
}


@hears(*_SAID)
def record(events: Sequence[Told]) -> list[Statement]:
    """An entry for each."""
    return append([_fact(event) for event in events])


def _fact(event: Told) -> Fact:
    name, said = _SAID[type(event)]
    return Fact(f"{name}.{event.kind}", event.actor, event.origin, **said(event))
