"""Memories as they were at a moment, for those who may read their versions now.

What a memory was then is its last entry of the journal up to that moment: where it was, whose, and
in which revision and version. Where retention cut that off, a state was kept in its stead.
Its text is that version's. Who is shown it is judged by the rights of now: editors, for old texts
are theirs to see, and of what was trashed since its admins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Case, F, Max, Q, TextField, When
from django.db.models.functions import Cast

from memory_hub.accounts.models import Team, User
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import space_of_team
from memory_hub.api.cursors import decode, encode
from memory_hub.caching.dependencies import never_kept
from memory_hub.core.errors import NotFound
from memory_hub.database.statements import Statement
from memory_hub.journal.models import Entry
from superthread import policies
from superthread.events import MemoryKind
from superthread.feed.branches import ALL, MOVED_FROM, OF_MEMORY, FollowedList, scope_of
from superthread.feed.cut import KINDS
from superthread.feed.moments import position_at
from superthread.feed.shown import VERSION, note_shown
from superthread.models import CutState, Scope, Version
from superthread.models.space import PUBLIC_SPACE
from superthread.policies import Role
from superthread.reads import bounded_pages
from superthread.reads.filters import SCANNED
from superthread.reads.listing import ListPage
from superthread.reads.named import parse_id
from superthread.reads.representation import SHORT, Row, completed
from superthread.reads.shape import Shape
from superthread.titles import title_of

State = Entry | CutState
GONE = frozenset(
    f"memory.{kind}"
    for kind in (MemoryKind.TRASHED, MemoryKind.SHORTENED, MemoryKind.PURGED, MemoryKind.EXPIRED)
)
AT_ONCE = 200  # entries looked at together, at most
OF_MEMORIES = f"{OF_MEMORY} AND kind IN ({', '.join(['%s'] * len(KINDS))})"
# The last one of each memory up to a position, newest first.
_LAST = f"""
SELECT position FROM {{}} AS one
WHERE {{}} AND {OF_MEMORIES} AND position < %s AND position <= %s AND NOT EXISTS (
  SELECT 1 FROM journal_entry AS later WHERE later.subject_id = one.subject_id
  AND later.position > one.position AND later.position <= %s AND {OF_MEMORIES}
) ORDER BY position DESC LIMIT %s
"""  # noqa: S608 - names of our own; every value is a parameter
_TABLES = (Entry._meta.db_table, CutState._meta.db_table)
_AS_THEN = ("category", "path", "size", "created_at")


def find(*, doc_id: str, at: datetime, by: Principal) -> Row:
    """The memory as it was. Raises NotFound where there was none for the caller, RoleTooLow where
    they may not read old texts, BadInput as ``position_at``."""
    never_kept()
    until = position_at(at)
    key = parse_id(doc_id)
    present = next(iter(_present(by, doc_id=key).values()), None)
    if present is None:
        raise NotFound(policies.ABSENT)
    policies.require(present["role"], Role.EDITOR)
    row = next(iter(_rows(_last([present["id"]], until), {present["id"]: present})), None)
    found = row and (completed(dict(row)) or whole(row))
    if not found:
        raise NotFound(policies.ABSENT)
    return _shown(found, by)


def page(
    *,
    by: Principal,
    at: datetime,
    place: FollowedList,
    category: str | None,
    limit: int,
    cursor: str | None,
    shape: Shape,
    show: Any,
) -> ListPage:
    """A page of what then stood in the caller's own space, in those of their teams and in public,
    and of what is shared with them now, the latest change first.

    Entries are looked at SCANNED at a time: a page may hold fewer than ``limit``, even none, and
    go on by its cursor. Raises BadInput.
    """
    never_kept()
    until = position_at(at)
    fingerprint = f"at|{until}|{place}|{category or ''}"
    (before,) = decode(cursor, fingerprint) if cursor else (until + 1,)
    walk = _Walk(by, place, category, until, before)
    items, last = bounded_pages.part(
        walk.rows(limit), whole=whole, show=lambda row: show(_shown(row, by)), limit=limit
    )
    following = last["position"] if last else walk.rest
    return ListPage(items, encode(fingerprint, [following]) if following else None, walk.examined)


def whole(brief: Row) -> Row | None:
    """The row of a brief one with a long content, unless its version is gone since."""
    kept = Version.objects.filter(memory_id=brief["id"], number=brief["version"])
    text = kept.values("content", "metadata").first()
    return text and brief | text


def _shown(row: Row, by: Principal) -> Row:
    """The row with its title; noted as what somebody was shown."""
    note_shown(row["id"], row["present_owner_id"], by=by, kind=VERSION)
    return row | {"title": title_of(row["content"], row["metadata"])}


class _Walk:
    """Goes back through the journal from a position. ``rest`` is where it stopped, if there may be
    more."""

    def __init__(
        self, by: Principal, place: FollowedList, category: str | None, until: int, before: int
    ) -> None:
        self._by, self._place, self._category = by, place, category
        self._until, self._before = until, before
        self._parts = list(parts(by, place))
        self.rest: int | None = None
        self.examined = 0

    def rows(self, limit: int) -> Iterator[Row]:
        """Brief rows: one more than ``limit``, where there are as many."""
        found, size = 0, limit + 1
        while self.examined < SCANNED:
            positions = self._next(size)
            self.examined += len(positions)
            for row in self._judged(positions):
                found += 1
                yield row
                if found > limit:
                    return
            if len(positions) < size:
                return
            self._before, size = positions[-1], min(2 * size, AT_ONCE)
        self.rest = self._before

    def _next(self, count: int) -> list[int]:
        found: set[int] = set()
        with connection.cursor() as cursor:
            for condition, values in self._parts:
                given = [*values, *KINDS, self._before, self._until, self._until, *KINDS, count]
                for table in _TABLES:
                    cursor.execute(_LAST.format(table, condition), given)
                    found.update(position for (position,) in cursor.fetchall())
        return sorted(found, reverse=True)[:count]

    def _judged(self, positions: Sequence[int]) -> Iterable[Row]:
        entries = [one for one in _at(positions) if self._place.had(one.space)]
        entries.sort(key=lambda one: -one.position)
        present = _present(self._by, pk__in=[one.subject_id for one in entries])
        allowed = {pk: row for pk, row in present.items() if row["role"] >= Role.EDITOR}
        for row in _rows(entries, allowed):
            if self._place.had_row(row) and self._category in (None, row["category"]):
                yield row


def parts(by: Principal, place: FollowedList, *, moved: bool = False) -> Iterator[Statement]:
    """Where entries are looked for: each a condition with its values. ``moved``: also what went
    from there to somewhere else."""
    teams = [one for one in by.teams if one.accepted and place.has_team(one.team_key)]
    spaces = [space_of_team(one.team_id) for one in teams]
    if place.team_key is None:
        if place.scope in (ALL, Scope.PERSONAL.label):
            spaces.append(by.user_id)
        if place.scope in (ALL, Scope.PUBLIC.label):
            # Of what others have made public old texts are nobody's but those they gave a role.
            yield "space = %s AND owner_id = %s", [PUBLIC_SPACE, by.user_id]
            if moved:
                yield f"{MOVED_FROM} AND owner_id = %s", [PUBLIC_SPACE, by.user_id]
    for space in spaces:
        yield "space = %s", [space]
        if moved:
            yield MOVED_FROM, [space]
    granted = policies.grants_of(by).filter(accepted=True, role__gte=Role.EDITOR).order_by()
    ids = granted.values("memory_id")
    sql, values = ids.query.get_compiler(connection=connection).as_sql()
    yield f"subject_id IN ({sql})", list(values)


def rows_of(ids: Sequence[int], *, until: int, by: Principal) -> Iterator[Row]:
    """Brief rows of those of the memories that there were at the position, where the caller may
    read old texts now."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        present = _present(by, pk__in=some)
        allowed = {pk: row for pk, row in present.items() if row["role"] >= Role.EDITOR}
        yield from _rows(_last(list(allowed), until), allowed)


def _last(ids: Sequence[int], until: int) -> list[State]:
    """The last entry of each of these memories up to the position, or what is kept of it."""
    known = Entry.objects.filter(subject_id__in=ids, kind__in=KINDS, position__lte=until)
    grouped = known.exclude(doc_id=None).order_by().values("subject_id")
    last = dict(grouped.annotate(n=Max("position")).values_list("subject_id", "n"))
    cut = CutState.objects.filter(pk__in={*ids} - last.keys(), position__lte=until)
    return [*Entry.objects.filter(position__in=last.values()), *cut]


def _at(positions: Sequence[int]) -> list[State]:
    """What is kept of these positions."""
    return [
        one for kept in (Entry, CutState) for one in kept.objects.filter(position__in=positions)
    ]


def _present(by: Principal, **which: Any) -> dict[int, dict[str, Any]]:
    """What is there now of these memories, with the caller's role, by their numbers. Of what is in
    the trash that of its admins alone."""
    wanted = ("id", "owner_id", "role", "revision", "created_at", "updated_at", "expires_at")
    alive = policies.with_role(by).filter(role__gt=Role.NONE, **which)
    trashed = policies.in_trash(by).filter(role__gte=Role.ADMIN, **which)
    return {row["id"]: row for rows in (alive, trashed) for row in rows.order_by().values(*wanted)}


def _rows(entries: Sequence[State], present: Mapping[int, dict[str, Any]]) -> Iterator[Row]:
    """Brief rows of what there was by these entries, of those memories alone."""
    entries = [one for one in entries if one.subject_id in present and one.kind not in GONE]
    versions = _versions(entries)
    emails = dict(
        User.objects.filter(pk__in={one.owner_id for one in entries}).values_list("pk", "email")
    )
    teams = {-one.space for one in entries if one.space is not None and one.space < 0}
    keys = dict(Team.objects.filter(pk__in=teams).values_list("pk", "key"))
    for one in entries:
        version = versions.get((one.subject_id, one.version))
        if version is None:
            continue
        now = present[one.subject_id]
        yield {
            **version,
            **{name: now[name] for name in ("id", "role", "created_at", "expires_at")},
            "doc_id": one.doc_id,
            "scope": scope_of(one.space),
            "team_id": -one.space if one.space < 0 else None,
            "team_key": keys.get(-one.space) if one.space < 0 else None,
            "revision": one.revision,
            "version": one.version,
            "owner_id": one.owner_id,
            "owner_email": emails.get(one.owner_id),
            "updated_at": _changed_at(one, version, now),
            "position": one.position,
            "present_owner_id": now["owner_id"],
        }


def _changed_at(entry: State, version: Mapping[str, Any], now: Mapping[str, Any]) -> datetime:
    """When it had been changed last."""
    if entry.revision == now["revision"]:
        return now["updated_at"]
    made = entry.kind in (f"memory.{MemoryKind.CREATED}", f"memory.{MemoryKind.UPDATED}")
    return version["created_at"] if made else entry.at


def _versions(entries: Sequence[State]) -> dict[tuple[int, int], dict[str, Any]]:
    """The versions of these entries by memory and number: short contents, and metadata as JSON."""
    if not entries:
        return {}
    named = (Q(memory_id=one.subject_id, number=one.version) for one in entries)
    found = Version.objects.filter(reduce(or_, named)).annotate(
        short=Case(When(size__lte=SHORT, then=F("content"))),
        raw_metadata=Cast("metadata", TextField()),
    )
    rows = found.order_by().values("memory_id", "number", *_AS_THEN, "short", "raw_metadata")
    return {(row.pop("memory_id"), row.pop("number")): row for row in rows}
