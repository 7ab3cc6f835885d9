"""Whether what is in the file of an export is still its owner's to read.

Beside the file lies what was judged when it was made: the teams, and of each memory its number, the
role that what is in the file needs, and until when the memory was to be there. What its end took
was to go, and what lies in the trash is not gone; but what was deleted for good, redacted or taken
back since must not be fetched any more.
"""

import math
import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from memory_hub.accounts.principal import Principal
from memory_hub.journal import sequencer
from memory_hub.journal.models import Entry
from superthread import limits
from superthread.events import MemoryKind
from superthread.models import Memory
from superthread.policies import Role, effective_role

AT_ONCE = 1_000  # memories that are looked up together
# For whoever numbers the journal's entries at the moment.
_PATIENCE_MS = 1_000
_LOST = (Role.VIEWER, math.inf)
_RECORD = struct.Struct("<qBd")


class Judged(NamedTuple):
    """One memory: its number, the least role, and the moment after which it may be gone."""

    memory_id: int
    role: int
    until: float


def position() -> int:
    """Where the journal is: what is redacted from now on comes behind it."""
    sequencer.sequence(patience_ms=_PATIENCE_MS)
    return Entry.newest()


def write(path: Path, ids: Sequence[int], by: Principal, *, since: int, most: Role) -> None:
    """Notes what is in the file that was begun at ``since``, a position of the journal; what it
    holds needs at ``most`` this role. Raises OSError."""
    with path.open("wb") as file:
        file.write(orjson.dumps({"since": since, "teams": _teams(by)}) + b"\n")
        for part in _parts(ids):
            present = _present(part, by)
            for memory_id in part:
                # What went while the file was made must not be fetched either.
                role, until = present.get(memory_id, _LOST)
                file.write(_RECORD.pack(memory_id, max(min(role, most), Role.VIEWER), until))


def holds(path: Path, by: Principal) -> bool:
    """Whether all that was noted is still as readable. Raises OSError."""
    with path.open("rb") as file:
        head = orjson.loads(file.readline())
        if not set(head["teams"]) <= set(_teams(by)):
            return False
        redacted = _redacted(head["since"])
        while data := file.read(AT_ONCE * _RECORD.size):
            part = [Judged(*one) for one in _RECORD.iter_unpack(data)]
            if not redacted.isdisjoint(one.memory_id for one in part) or not _are_there(part, by):
                return False
    return True


def _are_there(part: Sequence[Judged], by: Principal) -> bool:
    present, now = _present([one.memory_id for one in part], by), time.time()
    for one in part:
        found = present.get(one.memory_id)
        if found is None and one.until > now:
            return False
        if found is not None and found[0] < one.role:
            return False
    return True


def _present(ids: Sequence[int], by: Principal) -> dict[int, tuple[int, float]]:
    """Of the memories that there are, the caller's role and when they are to go for good."""
    found = Memory.objects.filter(pk__in=ids).annotate(role=effective_role(by)).order_by()
    rows = found.values_list("pk", "role", "expires_at", "deleted_at")
    return {pk: (role, _until(expires, deleted)) for pk, role, expires, deleted in rows}


def _until(expires_at: Any, deleted_at: Any) -> float:
    ends = [expires_at.timestamp()] if expires_at else []
    ends += [(deleted_at + limits.TRASH_KEPT).timestamp()] if deleted_at else []
    return min(ends, default=math.inf)


def _redacted(since: int) -> set[int]:
    """Memories of which a version was redacted behind a position."""
    sequencer.sequence(patience_ms=_PATIENCE_MS)
    kind = f"memory.{MemoryKind.REDACTED}"
    later = Entry.objects.filter(position__gt=since, kind=kind).order_by()
    return set(later.values_list("subject_id", flat=True))


def _teams(by: Principal) -> list[int]:
    return sorted(place.team_id for place in by.teams if place.accepted)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
