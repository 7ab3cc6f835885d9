"""Who did what: the journal as it is shown to those whom it concerns, newest first.

Of a memory to its admins, whoever did it; of oneself everything, with where it came from; of
everybody to staff. Never a title or a content.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from memory_hub.accounts.models import Team, User
from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.core.errors import Forbidden, NotFound
from memory_hub.core.text import rfc3339
from memory_hub.journal import sealing, sequencer
from memory_hub.journal.models import Entry, Origin
from superthread import policies
from superthread.feed.changes import PATIENCE_MS
from superthread.models import Memory, Scope
from superthread.models.space import PUBLIC_SPACE
from superthread.reads.memories import parse_id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of the memory ``doc_id``; else ``everybody``'s, or the caller's own. ``kind``
    is one kind; ``since`` and ``until`` are when they became known, from and before;
    ``token_id`` is the token it was done with."""

    doc_id: str | None = None
    everybody: bool = False
    kind: str | None = None
    token_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def page(
    wanted: Wanted, *, by: Principal, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Entries, newest first, and the cursor of the next page or None.

    Raises NotFound and RoleTooLow for a memory that the caller does not administer, Forbidden for
    everybody's without a session of staff, BadInput for a cursor of another list.
    """
    sequencer.sequence(patience_ms=PATIENCE_MS)
    fingerprint = f"audit|{by.user_id}|{wanted!r}"
    entries = _chosen(wanted, by)
    if cursor:
        (before,) = decode(cursor, fingerprint)
        entries = entries.filter(position__lt=before)
    found = list(entries.order_by("-position")[: limit + 1])
    following = encode(fingerprint, [found[limit - 1].position]) if len(found) > limit else None
    return _told(found[:limit], by, is_whole=wanted.everybody), following


def _chosen(wanted: Wanted, by: Principal) -> QuerySet[Entry]:
    if wanted.doc_id is not None:
        memory = _administered(wanted.doc_id, by)
        entries = Entry.objects.filter(subject_id=memory.pk, doc_id=memory.doc_id)
    elif wanted.everybody:
        if not (by.is_staff and by.via == "session"):
            raise Forbidden("Everybody's entries are for staff, in a session.")
        entries = Entry.objects.all()
    else:
        entries = Entry.objects.filter(actor_id=by.user_id)
    limits = {
        "kind": wanted.kind,
        "token_id": wanted.token_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    return entries.filter(**{name: value for name, value in limits.items() if value is not None})


def _administered(doc_id: str, by: Principal) -> Memory:
    """The memory, in the trash or not."""
    key = parse_id(doc_id)
    memory = None
    for reachable in (policies.with_role(by), policies.in_trash(by)):
        memory = memory or reachable.filter(doc_id=key).only("pk", "doc_id").first()
    if memory is None:
        raise NotFound(policies.ABSENT)
    policies.require(memory.role, policies.Role.ADMIN)
    return memory


def _told(entries: Sequence[Entry], by: Principal, *, is_whole: bool) -> list[dict[str, Any]]:
    origins = Origin.objects.in_bulk([entry.position for entry in entries])
    emails = _named(User, "email", (entry.actor_id for entry in entries))
    spaces = [space for entry in entries for space in (entry.space, entry.old_space)]
    keys = _named(Team, "key", (-space for space in spaces if space and space < 0))
    return [
        {
            "position": entry.position,
            "at": rfc3339(entry.at),
            "type": entry.kind,
            "change": str(entry.change),
            "actor": emails.get(entry.actor_id),
            "actor_id": entry.actor_id,
            "token_id": entry.token_id,
            "via": entry.via,
            "subject_id": entry.subject_id,
            "doc_id": str(entry.doc_id) if entry.doc_id else None,
            "revision": entry.revision,
            "version": entry.version,
            "place": _place(entry.space, keys),
            "old_place": _place(entry.old_space, keys),
            **_origin(origins.get(entry.position), is_whole or entry.actor_id == by.user_id),
        }
        for entry in entries
    ]


def _named(model: type[Any], column: str, ids: Iterable[int | None]) -> dict[Any, str]:
    return dict(model.objects.filter(pk__in={*ids} - {None}).values_list("pk", column))


def _place(space: int | None, keys: dict[Any, str]) -> dict[str, str | None] | None:
    """Scope and team of a space; the key of a team that was deleted is not known."""
    if space is None:
        return None
    if space < 0:
        return {"scope": Scope.TEAM.label, "team_key": keys.get(-space)}
    scope = Scope.PUBLIC if space == PUBLIC_SPACE else Scope.PERSONAL
    return {"scope": scope.label, "team_key": None}


def _origin(origin: Origin | None, is_whole: bool) -> dict[str, Any]:
    """The details; where it came from as well to whom that is known, and to staff."""
    told: dict[str, Any] = {"detail": origin.detail if origin else {}}
    if is_whole:
        told["request_id"] = origin.request_id if origin else ""
        told["address"] = origin.address if origin else ""
    return told


def head() -> dict[str, Any]:
    """Up to where the journal is sealed, and the hash that proves it."""
    found = sealing.head()
    at = rfc3339(found.at) if found.at else None
    return {"position": found.position, "hash": found.hash.hex(), "at": at}
