"""Legal holds: what staff order to be kept is neither deleted for good nor redacted nor taken out
of its team, by nobody, until they lift it."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from memory_hub.accounts.models import Team
from memory_hub.core.errors import Conflict, HubError, NotFound
from memory_hub.core.identity import Identity
from memory_hub.core.text import rfc3339
from memory_hub.events.telling import tell
from superthread.events import Facts, HoldChanged, HoldKind
from superthread.models import Hold, Memory
from superthread.reads.named import is_id
from superthread.services.steps.facts import facts_of


class OnHold(HubError):
    status, code, title = 423, "on-hold", "A legal hold keeps this as it is"


class AlreadyHeld(Conflict):
    code, title = "already-on-hold", "There is a hold on this already"


def held() -> Exists:
    """The condition on memories that a hold keeps them, their own or their team's."""
    own = Q(memory=OuterRef("pk")) | Q(team=OuterRef("team_id"))
    return Exists(Hold.objects.filter(own))


def is_any() -> bool:
    """Whether there is a hold at all."""
    return Hold.objects.exists()


def require_free(memories: Sequence[Facts]) -> None:
    """Of memories that are locked. Raises OnHold where one of them is kept."""
    ids = [memory["id"] for memory in memories]
    if Memory.objects.filter(held(), pk__in=ids).exists():
        raise OnHold("The hub's operators keep it: ask them to lift the hold.")


def require_free_to_leave(team_id: int | None) -> None:
    """Raises OnHold where the team's memories are kept: elsewhere they could be deleted."""
    if team_id is not None and Hold.objects.filter(team=team_id).exists():
        raise OnHold("The hub's operators keep the team's memories where they are.")


def find_target(*, doc_id: str | None, team_key: str | None) -> Memory | Team:
    """What a hold is to be on, locked. Raises NotFound."""
    if doc_id is not None:
        chosen: QuerySet[Any] = Memory.objects.filter(doc_id=doc_id if is_id(doc_id) else None)
        chosen = chosen.only("pk", "doc_id")
    else:
        chosen = Team.objects.filter(key=team_key)
    found = chosen.select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound("There is no such memory or team.")
    return found


@transaction.atomic
def place(
    *, doc_id: str | None = None, team_key: str | None = None, reason: str, by: Identity
) -> Hold:
    """A hold on the memory, in the trash or not, or on the team's. Raises NotFound, AlreadyHeld."""
    target = find_target(doc_id=doc_id, team_key=team_key)
    on = {"memory": target} if isinstance(target, Memory) else {"team": target}
    if Hold.objects.filter(**on).exists():
        raise AlreadyHeld("Lift it first, to give it another reason.")
    hold = Hold.objects.create(**on, reason=reason, placed_by_id=by.user_id or None)
    tell(_changed(HoldKind.PLACED, hold, by))
    return hold


@transaction.atomic
def lift(hold_id: int, *, by: Identity) -> None:
    """Ends a hold. Raises NotFound."""
    hold = Hold.objects.select_for_update(of=("self",)).filter(pk=hold_id).first()
    if hold is None:
        raise NotFound("There is no such hold.")
    event = _changed(HoldKind.LIFTED, hold, by)
    hold.delete()
    tell(event)


def _changed(kind: HoldKind, hold: Hold, by: Identity) -> HoldChanged:
    memory = facts_of([hold.memory_id])[0] if hold.memory_id else None
    team = hold.team.key if hold.team else None
    return HoldChanged(by.actor, by.origin, kind, memory, hold.team_id, team, hold.reason)


def listed() -> QuerySet[Hold]:
    """All holds, newest first."""
    found = Hold.objects.select_related("memory", "team", "placed_by").order_by("-pk")
    return found.defer("memory__content", "memory__metadata")


def represent(hold: Hold) -> dict[str, Any]:
    """A hold as the API shows it: never a title."""
    return {
        "id": hold.pk,
        "doc_id": str(hold.memory.doc_id) if hold.memory else None,
        "team_key": hold.team.key if hold.team else None,
        "reason": hold.reason,
        "placed_by": hold.placed_by.email if hold.placed_by else None,
        "placed_at": rfc3339(hold.placed_at),
    }
