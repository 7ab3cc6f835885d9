"""Acts as the audit tells them: entries of the journal, and what was counted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from memory_hub.accounts.models import Team, User
from memory_hub.core.identity import Identity
from memory_hub.core.text import rfc3339
from memory_hub.journal.models import Access, Entry, Origin
from superthread.feed.branches import scope_of
from superthread.models import Memory

Act = Entry | Access


def moment_of(act: Act) -> datetime:
    """Where it stands among others."""
    return act.at if isinstance(act, Entry) else act.first_at


def told(acts: Sequence[Act], by: Identity, *, is_whole: bool) -> list[dict[str, Any]]:
    """What the caller is told of them. Where one came from is told of the caller's own; of all
    where ``is_whole``."""
    entries = [act for act in acts if isinstance(act, Entry)]
    accesses = [act for act in acts if isinstance(act, Access)]
    origins = Origin.objects.in_bulk([entry.position for entry in entries])
    owners = [entry.owner_id for entry in entries]
    emails = _named(User, "email", (*(act.actor_id for act in acts), *owners))
    spaces = [space for entry in entries for space in (entry.space, entry.old_space)]
    keys = _named(Team, "key", (-space for space in spaces if space and space < 0))
    doc_ids = _doc_ids({access.subject_id for access in accesses} - {0})
    lines = []
    for act in acts:
        shows_origin = is_whole or act.actor_id == by.user_id
        line = {"actor": emails.get(act.actor_id)}
        if isinstance(act, Entry):
            line |= {"owner": emails.get(act.owner_id)} | _of_entry(act, keys)
            line |= _of_origin(origins.get(act.position), shows_origin)
        else:
            line |= {"owner": None} | _of_access(act, doc_ids.get(act.subject_id), shows_origin)
        lines.append(line)
    return lines


def _named(model: type[Any], column: str, ids: Iterable[int | None]) -> dict[Any, str]:
    return dict(model.objects.filter(pk__in={*ids} - {None}).values_list("pk", column))


def _doc_ids(memory_ids: set[int]) -> dict[int, UUID]:
    """Of memories that are there, and of those that are gone as far as the journal knows."""
    found = dict(Memory.objects.filter(pk__in=memory_ids).values_list("pk", "doc_id"))
    if gone := memory_ids - found.keys():
        known = Entry.objects.filter(subject_id__in=gone).exclude(doc_id=None)
        found |= dict(known.order_by().values_list("subject_id", "doc_id").distinct())
    return found


def _of_entry(entry: Entry, keys: dict[Any, str]) -> dict[str, Any]:
    return {
        "position": entry.position,
        "at": rfc3339(entry.at),
        "until": None,
        "type": entry.kind,
        "count": 1,
        "change": str(entry.change),
        "actor_id": entry.actor_id,
        "token_id": entry.token_id,
        "via": entry.via,
        "subject_id": entry.subject_id,
        "doc_id": str(entry.doc_id) if entry.doc_id else None,
        "revision": entry.revision,
        "version": entry.version,
        "place": _place(entry.space, keys),
        "old_place": _place(entry.old_space, keys),
    }


def _of_access(access: Access, doc_id: UUID | None, shows_origin: bool) -> dict[str, Any]:
    came = {"request_id": "", "address": access.address} if shows_origin else {}
    return {
        "position": None,
        "at": rfc3339(access.first_at),
        "until": rfc3339(access.last_at),
        "type": access.kind,
        "count": access.count,
        "change": None,
        "actor_id": access.actor_id or None,
        "token_id": access.token_id or None,
        "via": None,
        "subject_id": access.subject_id or None,
        "doc_id": str(doc_id) if doc_id else None,
        "revision": None,
        "version": None,
        "place": None,
        "old_place": None,
        "detail": {"route": access.route} if access.route else {},
        **came,
    }


def _of_origin(origin: Origin | None, is_shown: bool) -> dict[str, Any]:
    """The details; where it came from as well to whom that is shown."""
    line: dict[str, Any] = {"detail": origin.detail if origin else {}}
    if is_shown:
        line["request_id"] = origin.request_id if origin else ""
        line["address"] = origin.address if origin else ""
    return line


def _place(space: int | None, keys: dict[Any, str]) -> dict[str, str | None] | None:
    """Scope and team of a space; the key of a team that was deleted is not known."""
    if space is None:
        return None
    return {"scope": scope_of(space).label, "team_key": keys.get(-space)}
