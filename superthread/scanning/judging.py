"""What becomes of a memory for others in which something was found."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from memory_hub.core.errors import HubError
from memory_hub.database.dialect import among, is_postgres
from memory_hub.database.statements import Statement
from memory_hub.events.telling import hears
from superthread.events import Facts, MemoryChanged, MemoryKind
from superthread.models import Memory, Scope
from superthread.scanning.finding import SecretMatch, find

_TEXTS = frozenset({"content", "metadata"})
_SCANNED = (*sorted(_TEXTS), "scope")
# Changes of these, as callers name them, have a memory looked through.
JUDGED = ("content", "metadata", "scope")


class HoldsSecret(HubError):
    status, code, title = 422, "holds-secret", "The text holds what others should not read"


def is_on() -> bool:
    """Whether anything is looked for."""
    return settings.HUB_SCAN != "off"


def found_in(state: Mapping[str, Any]) -> tuple[SecretMatch, ...]:
    """What a memory of that scope, content and metadata holds that others should not read; nothing
    of one that is its owner's alone."""
    if not is_on() or state["scope"] in (Scope.PERSONAL, "personal"):
        return ()
    return find(state["content"], state["metadata"])


def told(found: Iterable[SecretMatch]) -> list[dict[str, Any]]:
    """As answers have it."""
    return [one._asdict() for one in found]


def judge(state: Mapping[str, Any]) -> None:
    """Of a memory that is to be so. Raises HoldsSecret where the hub refuses what it finds."""
    found = found_in(state)
    if found and settings.HUB_SCAN == "refuse":
        kinds = ", ".join(f"{one.kind} in line {one.line}" for one in found[:3])
        detail = f"Take it out, or keep the memory to yourself: {kinds}."
        raise HoldsSecret(detail, findings=told(found))


def judge_change(row: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
    """The same of the columns that are to change of a memory: where its text does, or where it
    comes to others."""
    comes = "scope" in columns and row["scope"] == Scope.PERSONAL
    if comes or not _TEXTS.isdisjoint(columns):
        judge({**row, **columns})


def look_through(
    texts: Mapping[int, tuple[str | None, Mapping[str, Any] | None]], moving: Collection[int]
) -> None:
    """Before the transaction that gives memories, by id, these contents and metadata, None where
    they keep theirs, and moves some of them: what is found is remembered for within it."""
    if not is_on() or not texts:
        return
    read_by_others = ~Q(scope=Scope.PERSONAL) | Q(pk__in=moving)
    chosen = Memory.objects.filter(read_by_others, pk__in=texts).order_by()
    lacking = [pk for pk, given in texts.items() if None in given]
    there = {row["id"]: row for row in chosen.filter(pk__in=lacking).values("id", *_TEXTS)}
    for pk in chosen.values_list("pk", flat=True):
        content, metadata = texts[pk]
        present = there.get(pk, {"content": "", "metadata": {}})
        find(
            present["content"] if content is None else content,
            present["metadata"] if metadata is None else metadata,
        )


@hears(MemoryChanged)
def follow(events: Sequence[MemoryChanged]) -> list[Statement]:
    """Notes what is found in memories that were made, changed or moved, and forgets what was."""
    if not is_on():
        return []
    chosen = [event for event in events if event.after and _is_new(event)]
    old = [event.memory["id"] for event in chosen if event.before and _was_read(event.before)]
    states = _whole([event.memory for event in chosen if _was_read(event.memory)])
    return noted({pk: found_in(state) for pk, state in states.items()}, old)


def _was_read(memory: Facts) -> bool:
    """By others: of what is its owner's alone nothing is noted."""
    return memory["scope"] != Scope.PERSONAL


def _is_new(event: MemoryChanged) -> bool:
    moved = (event.before or event.memory)["scope"] != event.memory["scope"]
    return event.kind is MemoryKind.CREATED or moved or not _TEXTS.isdisjoint(event.changed)


def _whole(memories: Sequence[Facts]) -> dict[int, Facts]:
    """Their states by id; read where the event does not have them."""
    lacking = [one["id"] for one in memories if not one.keys() >= {*_TEXTS}]
    read = {}
    if lacking:
        rows = Memory.objects.filter(pk__in=lacking).order_by()
        read = {row["id"]: row for row in rows.values("id", *_SCANNED)}
    return {one["id"]: read.get(one["id"], one) for one in memories}


def noted(found: Mapping[int, tuple[SecretMatch, ...]], old: Sequence[int]) -> list[Statement]:
    """The statements that note what was found of memories, by id; of the ``old`` ones something may
    be noted."""
    statements: list[Statement] = []
    if old:
        condition, params = among("memory_id", list(old), "int")
        statements.append((f"DELETE FROM superthread_finding WHERE {condition}", params))  # noqa: S608 - a column of our own
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = [
        (pk, orjson.dumps([list(one) for one in some]).decode(), now)
        for pk, some in found.items()
        if some
    ]
    if rows:
        value = "(%s, %s::jsonb, %s)" if is_postgres() else "(%s, %s, %s)"
        values = ", ".join([value] * len(rows))
        sql = f"INSERT INTO superthread_finding (memory_id, found, found_at) VALUES {values}"  # noqa: S608 - placeholders
        statements.append((sql, [one for row in rows for one in row]))
    return statements
