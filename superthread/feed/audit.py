"""Who did what, who was shown what and who was refused: as it is shown to those whom it concerns,
newest first.

Of a memory to its admins and of a team to those who lead it, whoever did it; of oneself everything,
with where it came from; of everybody to staff. Never a title or a content.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal, NamedTuple

from django.db.models import QuerySet

from memory_hub.accounts.models import TeamRole, Token, User, normal_email
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import space_of_team
from memory_hub.api.cursors import decode, encode
from memory_hub.core.errors import Forbidden, NotFound, RoleTooLow
from memory_hub.core.text import rfc3339
from memory_hub.journal import sealing, sequencer
from memory_hub.journal.models import Access, Entry
from superthread import policies
from superthread.feed.audit_lines import Act, moment_of, told
from superthread.feed.changes import PATIENCE_MS
from superthread.models import Memory
from superthread.reads.named import parse_id

ME, ALL = "me", "all"
NOBODY = -1
ONLY = ("changes", "reads", "refusals")
# What makes a version, or names one.
OF_VERSIONS = ("memory.created", "memory.updated", "memory.version_named")
_COUNTED = {"reads": "read.", "refusals": "refused."}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which acts: of the memory ``doc_id`` (None: whatever they are about) or in the team
    ``team_key``, by ``actor``: ``me``, ``all``, an address, None for whoever is concerned. ``only``
    is one of ONLY. ``kind`` is one kind, or the beginning of some, with its dot. ``since`` and
    ``until`` are when they became known, from and before; ``token_id`` is the token it was done
    with."""

    doc_id: str | None = None
    team_key: str | None = None
    actor: str | None = None
    only: Literal["changes", "reads", "refusals"] | None = None
    kind: str | None = None
    token_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class _Chosen(NamedTuple):
    """Entries of the journal and rows of what was counted; ``is_whole`` where it is shown where
    each came from."""

    entries: QuerySet[Entry]
    accesses: QuerySet[Access]
    is_whole: bool = False


def page(
    wanted: AuditFilter, *, by: Principal, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Acts, newest first, and the cursor of the next page or None.

    What was counted stands where it began. Raises NotFound and RoleTooLow for a memory that the
    caller does not administer, Forbidden for what is others' without a session of staff, BadInput
    for a cursor of another list.
    """
    sequencer.sequence(patience_ms=PATIENCE_MS)
    fingerprint = f"audit|{by.user_id}|{wanted!r}"
    position, pk = decode(cursor, fingerprint) if cursor else (None, None)
    chosen = _limited(_chosen(wanted, by), wanted)
    entries, accesses = chosen.entries.order_by("-position"), chosen.accesses.order_by("-pk")
    if position is not None:
        entries = entries.filter(position__lt=position)
    if pk is not None:
        accesses = accesses.filter(pk__lt=pk)
    # Each in its own order, whatever the clocks of several hosts say.
    both = list(islice(_merged(entries[: limit + 1], accesses[: limit + 1]), limit + 1))
    found = both[:limit]
    for act in found:
        if isinstance(act, Entry):
            position = act.position
        else:
            pk = act.pk
    following = encode(fingerprint, [position, pk]) if len(both) > limit else None
    return told(found, by, is_whole=chosen.is_whole), following


def of_history(
    row: Mapping[str, Any], numbers: Sequence[int], *, by: Principal, most: int
) -> tuple[dict[int, dict[str, Any]], list[dict[str, Any]]]:
    """Of a memory that the caller has found and administers: the acts that made these versions, by
    their numbers, as far as the journal knows them, and the ``most`` newest others that changed
    something."""
    sequencer.sequence(patience_ms=PATIENCE_MS)
    entries = _entries_of(row).order_by("-position")
    # Later acts, such as a share, leave the version as it is.
    made = entries.filter(version__in=numbers, kind__startswith="memory.")
    first = {entry.version: entry for entry in made}
    rest = list(entries.exclude(kind__in=OF_VERSIONS)[:most])
    lines = told([*first.values(), *rest], by, is_whole=_sees_all(by))
    return dict(zip(first, lines, strict=False)), lines[len(first) :]


def beginning(row: Mapping[str, Any], *, by: Principal) -> list[dict[str, Any]]:
    """The act that saved a memory which the caller has found and administers; none where the
    journal does not go back so far."""
    saved = _entries_of(row).filter(kind="memory.created").order_by("-position")[:1]
    found = list(saved)
    if not found:
        # Of a moment ago it has no number yet.
        sequencer.sequence(patience_ms=PATIENCE_MS)
        found = list(saved.all())
    return told(found, by, is_whole=_sees_all(by))


def _entries_of(row: Mapping[str, Any]) -> QuerySet[Entry]:
    # By the words of the index of memories, which SQLite does not know otherwise.
    return Entry.objects.filter(subject_id=row["id"], doc_id=row["doc_id"]).exclude(doc_id=None)


def _sees_all(by: Principal) -> bool:
    return by.is_staff and by.via == "session"


def _merged(*lists: Sequence[Act]) -> Any:
    """The newest first, each list in its order."""
    left = [list(one)[::-1] for one in lists]
    while waiting := [one for one in left if one]:
        yield max(waiting, key=lambda one: moment_of(one[-1])).pop()


def _chosen(wanted: AuditFilter, by: Principal) -> _Chosen:
    """As far as the caller may see it."""
    is_others = wanted.actor is not None and wanted.actor not in (ME, by.email)
    is_staff = _sees_all(by)
    if wanted.team_key is not None:
        return _of_team(wanted, by)
    if wanted.doc_id is None and is_others and not is_staff:
        raise Forbidden("What others did is for staff, in a session.")
    if wanted.doc_id is not None:
        found = _of_memory(wanted.doc_id, by, is_staff=is_staff)
    else:
        found = _Chosen(Entry.objects.all(), Access.objects.all(), is_staff and is_others)
    actor = wanted.actor or (None if wanted.doc_id else ME)
    if actor in (None, ALL):
        return found
    return _narrowed(found, actor_id=by.user_id if actor == ME else user_of(str(actor)))


def _of_team(wanted: AuditFilter, by: Principal) -> _Chosen:
    """What happened in a team, to its places and to what it has, as it is told to those who lead
    it: they administer all of that. What was read is told by memory."""
    place = by.team(str(wanted.team_key))
    if place is None or not place.accepted:
        raise NotFound("You are in no such team.")
    if place.role != TeamRole.ADMIN:
        raise RoleTooLow("Only admins of the team may do this.")
    entries = Entry.objects.filter(space=space_of_team(place.team_id))
    if wanted.doc_id is not None:
        entries = entries.filter(doc_id=parse_id(wanted.doc_id))
    found = _Chosen(entries, Access.objects.none())
    if wanted.actor in (None, ALL):
        return found
    mine = wanted.actor == ME
    return _narrowed(found, actor_id=by.user_id if mine else user_of(str(wanted.actor)))


def _of_memory(doc_id: str, by: Principal, *, is_staff: bool) -> _Chosen:
    """Of one memory: to staff of one that is gone as well."""
    if is_staff:
        key = parse_id(doc_id)
        alive = Memory.objects.filter(doc_id=key).values_list("pk", flat=True).first()
        known = Entry.objects.filter(doc_id=key).values_list("subject_id", flat=True)
        pk = known.first() if alive is None else alive
        if pk is None:
            raise NotFound(policies.ABSENT)
    else:
        pk = _administered(doc_id, by).pk
    # By the words of the index of memories, which SQLite does not know otherwise.
    entries = Entry.objects.filter(subject_id=pk, doc_id=parse_id(doc_id)).exclude(doc_id=None)
    return _Chosen(entries, Access.objects.filter(subject_id=pk), is_staff)


def _administered(doc_id: str, by: Principal) -> Memory:
    """The memory, in the trash or not."""
    key = parse_id(doc_id)
    memory = None
    for reachable in (policies.with_role, policies.in_trash):
        memory = memory or reachable(by).filter(doc_id=key).only("pk", "doc_id").first()
    if memory is None:
        raise NotFound(policies.ABSENT)
    policies.require(memory.role, policies.Role.ADMIN)
    return memory


def user_of(email: str) -> int:
    """The number of whoever has the address; NOBODY where that is nobody."""
    found = User.objects.filter(email=normal_email(email)).values_list("pk", flat=True).first()
    return NOBODY if found is None else found


def _limited(found: _Chosen, wanted: AuditFilter) -> _Chosen:
    """By kind, token and time."""
    entries, accesses, is_whole = found
    if wanted.only == "changes":
        accesses = accesses.none()
    elif wanted.only:
        entries = entries.none()
        accesses = accesses.filter(kind__startswith=_COUNTED[wanted.only])
    if wanted.since:
        entries = entries.filter(at__gte=wanted.since)
        accesses = accesses.filter(last_at__gte=wanted.since)
    if wanted.until:
        entries = entries.filter(at__lt=wanted.until)
        accesses = accesses.filter(first_at__lt=wanted.until)
    found = _Chosen(entries, accesses, is_whole)
    if wanted.kind:
        how = "kind__startswith" if wanted.kind.endswith(".") else "kind"
        found = _narrowed(found, **{how: wanted.kind})
    if wanted.token_id is not None:
        # Whose it was: there is an index by who did it, none by the token.
        owner = Token.objects.filter(pk=wanted.token_id).values_list("user_id", flat=True).first()
        whose = {} if owner is None else {"actor_id": owner}
        found = _narrowed(found, token_id=wanted.token_id, **whose)
    return found


def _narrowed(found: _Chosen, **conditions: Any) -> _Chosen:
    return found._replace(
        entries=found.entries.filter(**conditions), accesses=found.accesses.filter(**conditions)
    )


def head() -> dict[str, Any]:
    """Up to where the journal is sealed, and the hash that proves it."""
    found = sealing.head()
    at = rfc3339(found.at) if found.at else None
    return {"position": found.position, "hash": found.hash.hex(), "at": at}
