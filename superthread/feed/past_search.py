"""Searching what was: the index finds what has not changed since, the rest is judged on the spot.

Frequencies are those of now, so scores are too. What has changed is read as it was then, its terms
counted and its phrases looked for, half a millisecond each: up to MOST memories.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import CharField, Q, TextField

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from memory_hub.database.dialect import each_of, number_list
from memory_hub.journal.models import Entry
from memory_hub.rate_limits import bill
from superthread import askers, policies
from superthread.feed import past
from superthread.feed.branches import FollowedList
from superthread.feed.cut import KINDS
from superthread.feed.moments import position_at, too_far
from superthread.models import Memory
from superthread.policies import Role
from superthread.reads.orders import filters, micros_of
from superthread.reads.representation import TEXT, Row, completed
from superthread.search.index.described import terms_beside, with_beside
from superthread.search.index.indexer import count_terms
from superthread.search.retrieval.execution import QueryExecution
from superthread.search.retrieval.ranking import Hit
from superthread.search.service import Moment
from superthread.titles import title_of

# Memories that have changed since, and bytes of their texts.
MOST, MOST_BYTES = 1_000, 32 * 2**20
AT_ONCE = 2_000  # entries looked at together
A_POINT = 3  # memories that are judged for one


@dataclass(frozen=True)
class AsItWas(Moment):
    """What there was: of the memories that have ``changed`` since, the brief rows of then are in
    ``judged``, those alone that were there and in the place that is asked for."""

    until: int = 0
    changed: tuple[int, ...] = ()
    judged: dict[int, Row] = field(default_factory=dict)

    def hits(self, asked: QueryExecution) -> list[Hit]:
        """Those of the judged that answer the query, best first."""
        found = [
            Hit(score, pk)
            for pk, row in self.judged.items()
            if (score := asked.score_of(_counted(row), row["short"]))
        ]
        return sorted(found, key=lambda hit: (-hit.score, -hit.memory_id))

    def rows(self, ids: Any, *, as_texts: bool = False) -> dict[int, Row]:
        then = {pk: dict(self.judged[pk]) for pk in ids if pk in self.judged}
        return super().rows([pk for pk in ids if pk not in then], as_texts=as_texts) | then

    def times(self, ids: Any) -> dict[int, tuple[int, int]]:
        then = {
            pk: (micros_of(self.judged[pk]["created_at"]), micros_of(self.judged[pk]["updated_at"]))
            for pk in ids
            if pk in self.judged
        }
        return super().times([pk for pk in ids if pk not in then]) | then

    def named(self, doc_id: str) -> int | None:
        then = (pk for pk, row in self.judged.items() if str(row["doc_id"]) == doc_id)
        pk = next(then, None) or super().named(doc_id)
        return pk if pk is not None and self.rows([pk]) else None

    def _compiled(self, build: Any) -> CompiledQuery:
        by_team, by_category = self.team_key is not None, self.category is not None
        return _query(build, self.scope, by_team, by_category, askers.kind_of(self.by))

    def _values(self) -> dict[str, Any]:
        return super()._values() | {"changed": number_list(self.changed)}


def _counted(row: Row) -> Any:
    return with_beside(count_terms(row["short"]), terms_beside(row))


@lru_cache(maxsize=64)
def _query(build: Any, scope: str, by_team: bool, by_category: bool, kind: str) -> CompiledQuery:
    """What has not changed, of what callers of one kind may edit now."""
    by = askers.asker(kind)
    chosen = reduce(or_, policies.held_branches(by, Role.EDITOR)) & filters(
        scope,
        Parameter("team_key", CharField()) if by_team else None,
        Parameter("category", CharField()) if by_category else None,
        askers.NOW,
    )
    chosen &= ~Q(pk__in=each_of(Parameter("changed", TextField())))
    return CompiledQuery(lambda: build(Memory.objects.filter(chosen).order_by(), by), mark=TEXT)


def as_it_was(
    *, at: datetime, by: Principal, scope: str, team_key: str | None, category: str | None
) -> AsItWas:
    """What a search of the moment reaches. Raises BadInput as ``position_at``, and ``too-far`` with
    the nearest moment there is where more has changed since than can be judged; RateLimited."""
    until, place = position_at(at, "/at"), FollowedList(scope, team_key)
    changed = _changed_since(until, by)
    bill.charge(len(changed) // A_POINT)
    judged = {}
    size = 0
    for brief in past.rows_of(changed, until=until, by=by):
        size += brief["size"]
        if size > MOST_BYTES:
            raise _too_far(None)
        is_there = place.had_row(brief) and category in (None, brief["category"])
        row = _read(brief) if is_there else None
        if row is not None:
            judged[row["id"]] = row
    known = {"until": until, "changed": tuple(changed), "judged": judged}
    return AsItWas(by, scope, team_key, category, **known)


def _read(brief: Row) -> Row | None:
    """The row with all of its content where brief rows have it, and its title."""
    raw = brief["raw_metadata"]
    row = completed(dict(brief)) or past.whole(brief)
    if row is None:
        return None
    beside = {"short": row["content"], "raw_metadata": raw}
    return row | beside | {"title": title_of(row["content"], row["metadata"])}


def _changed_since(until: int, by: Principal) -> list[int]:
    """Memories of the caller's places, and those shared with them, that have changed since the
    position. Raises BadInput where they are too many."""
    found: dict[int, int] = {}
    before = Entry.newest() + 1
    while before > until + 1:
        entries = _entries(until, before, by)
        for position, subject_id in entries:
            if subject_id not in found and len(found) == MOST:
                raise _too_far(position)
            found.setdefault(subject_id, position)
        if len(entries) < AT_ONCE:
            break
        before = entries[-1][0]
    return list(found)


def _entries(until: int, before: int, by: Principal) -> list[tuple[int, int]]:
    """The newest entries of memories between these positions: position and memory."""
    found: set[tuple[int, int]] = set()
    with connection.cursor() as cursor:
        for condition, values in past.parts(by, FollowedList(), moved=True):
            cursor.execute(
                f"SELECT position, subject_id FROM journal_entry WHERE {condition} "  # noqa: S608 - conditions of our own, values apart
                f"AND {past.OF_MEMORIES} AND position > %s AND position < %s "
                "ORDER BY position DESC LIMIT %s",
                [*values, *KINDS, until, before, AT_ONCE],
            )
            found.update(cursor.fetchall())
    return sorted(found, reverse=True)[:AT_ONCE]


def _too_far(position: int | None) -> BadInput:
    """``position``: the last change of the first memory that is one too many."""
    return too_far("/at", "More has changed since than can be looked at.", position)
