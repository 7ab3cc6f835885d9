"""A page of a list of memories. Everything through ``policies``."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, QuerySet
from orjson import Fragment

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from superthread import askers, policies
from superthread.reads import bounded_pages
from superthread.reads.filters import Filters, Under
from superthread.reads.named import row_of
from superthread.reads.orders import AFTER, in_order, narrowed, place_of, place_values
from superthread.reads.representation import TEXT, Row, brief_rows, living, text_rows
from superthread.reads.shape import WHOLE, Shape


def page(
    *,
    by: Principal,
    scope: str = "personal",
    team_key: str | None = None,
    category: str | None = None,
    sort: str = "updated",
    limit: int = 10,
    cursor: str | None = None,
    under: Under | None = None,
    shape: Shape = WHOLE,
    as_texts: bool = False,
    show: Callable[[Row], Any],
) -> tuple[list[Fragment], str | None]:
    """Up to ``limit`` memories as ``show`` has them in JSON, in the order of ``sort``, and the
    cursor of the next page or None. ``show`` gets rows, ``as_texts`` with the id and the moments as
    texts.

    A page ends before its ``limit`` where more would be longer than ``bounded`` allows. Keyset
    paging: the cursor is the place of the last row, so that writes meanwhile neither repeat nor
    skip rows that did not change themselves; by ``created`` no row ever changes its place. Raises
    BadInput for a cursor of another list, Spent.
    """
    asked = (sort, scope, team_key or "", category or "", *([repr(under)] if under else ()))
    fingerprint = "|".join(asked)
    values = {**askers.parameters(by), "team_key": team_key, "category": category}
    if cursor:
        values |= place_values(decode(cursor, fingerprint), sort)
    values |= under.values() if under else {}
    count = next(size for size in (*PAGES, limit + 1) if size > limit)
    query = _page_query(
        *(scope, team_key is not None, category is not None, bool(cursor), askers.kind_of(by)),
        *(sort, shape.reads, count, under and under.prepared(), as_texts),
    )
    items, last = bounded_pages.part(
        living(query.each(**values)), whole=_whole(by, under), show=show, limit=limit
    )
    return items, encode(fingerprint, place_of(last, sort)) if last else None


def _whole(by: Principal, under: Under | None) -> Callable[[Row], Row | None]:
    """For a brief row the memory as it is now: changed meanwhile, it may no longer be what the
    list is of."""
    same = (*FILTERED, "path") if under else FILTERED

    def whole(brief: Row) -> Row | None:
        row = row_of(doc_id=UUID(str(brief["doc_id"])), by=by)
        listed = row and all(row[name] == brief[name] for name in same)
        return row if listed else None

    return whole


# Rows that are asked for: one more than the usual limits. The number is part of the statement, for
# the database to plan by it, and each of its connections keeps a plan for every statement.
PAGES = (11, 26, 51, 101)


@lru_cache(maxsize=512)
def _page_query(
    scope: str,
    by_team: bool,
    by_category: bool,
    after: bool,
    kind: str,
    sort: str,
    content: str,
    count: int,
    under: Under | None,
    as_texts: bool,
) -> CompiledQuery:
    """The compiled query of one shape of list, for callers of one kind."""
    by = askers.asker(kind)
    team_key = Parameter("team_key", CharField()) if by_team else None
    category = Parameter("category", CharField()) if by_category else None
    chosen = narrowed(category, askers.NOW)
    if under:
        chosen &= under.query()

    def build() -> QuerySet:
        found = in_order(
            *(by, chosen, count),
            sort=sort,
            scope=scope,
            team_key=team_key,
            asked=Filters(under=under),
            after=AFTER if after else None,
        )
        rows_of = text_rows if as_texts else brief_rows
        return rows_of(found.annotate(role=policies.effective_role(by)), content=content)

    return CompiledQuery(build, mark=TEXT if as_texts else None)


FILTERED = ("scope", "team_key", "category")
