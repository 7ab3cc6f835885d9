"""What ends for those who are no longer active in a team, whatever the way they left it."""

from collections.abc import Sequence

from django.db.models import Q

from memory_hub.accounts.events import (
    AccountChanged,
    AccountKind,
    MembershipChanged,
    MembershipKind,
    TeamFacts,
)
from memory_hub.events.telling import hears, tell
from superthread.events import (
    GrantChanged,
    GrantKind,
    TransferChanged,
    TransferKind,
    telling,
)
from superthread.models import Grant, GrantRole, Transfer
from superthread.services.steps.facts import facts_of

Departed = MembershipChanged | AccountChanged


@hears(MembershipChanged, AccountChanged)
def follow(events: Sequence[Departed]) -> None:
    """What was granted and offered of a team's memories to who left it ends with that, also what
    lies in the trash; with an account, all that was granted and offered to its address."""
    for event in events:
        if event.kind is AccountKind.DELETED:
            # Who gets the address later is somebody else.
            _end_grants(event, Q(email=event.email))
            _end_offers(event, Q(email=event.email))
        for team in _left(event):
            theirs = Q(memory__team_id=team.id, email=event.email)
            _end_grants(event, theirs)
            _end_offers(event, theirs)


def _left(event: Departed) -> tuple[TeamFacts, ...]:
    if isinstance(event, MembershipChanged):
        return (event.team,) if event.kind is MembershipKind.LEFT else ()
    return event.teams if event.kind is AccountKind.DEACTIVATED else ()


@telling()
def _end_grants(event: Departed, theirs: Q) -> None:
    grants = Grant.objects.filter(theirs)
    roles = dict(grants.order_by("pk").values_list("memory_id", "role"))
    if not roles:
        return
    grants.delete()
    tell(
        *(
            GrantChanged(
                *(event.actor, event.origin, GrantKind.ENDED, memory, event.email),
                *(GrantRole(roles[memory["id"]]).label, None),
            )
            for memory in facts_of(roles)
        )
    )


def _end_offers(event: Departed, theirs: Q) -> None:
    offers = Transfer.objects.filter(theirs)
    ids = list(offers.values_list("memory_id", flat=True))
    if not ids:
        return
    offers.delete()
    tell(
        *(
            TransferChanged(
                *(event.actor, event.origin, TransferKind.WITHDRAWN, memory, event.email)
            )
            for memory in facts_of(ids)
        )
    )
