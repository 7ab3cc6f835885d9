"""Ranked reading: what the caller may read that answers a query, best first."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from orjson import Fragment

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput
from superthread.reads import bounded_pages
from superthread.reads.filters import NO_FILTERS, Filters
from superthread.reads.named import is_id
from superthread.reads.representation import Row
from superthread.search.parsing import AUTO, BadQuery, Query, parse, plain, read_as
from superthread.search.renewal.former import shown_documents
from superthread.search.results.highlight import Highlighter
from superthread.search.results.order import RELEVANCE, TIE, Order
from superthread.search.results.paging import FoundPage, Spot, merged, page
from superthread.search.results.sifting import Sifter
from superthread.search.retrieval.execution import QueryExecution
from superthread.search.retrieval.mark import Mark
from superthread.search.retrieval.phrases import Reader, written_options
from superthread.search.retrieval.ranking import Hit
from superthread.search.retrieval.reach import Everything, Searchable

# Where a dash may stand before an option: memories looked at, and bytes of them.
LOOKED_AT, MOST_BYTES = 20, 2 * 2**20
ABOVE_ALL = 1_000_000  # millionths that the memory named by its doc_id has more than the best
TIES = {
    "tie": "Of equal scores the memory changed later comes first.",
    "none": "Of equal scores the memory made later comes first.",
}


@dataclass(frozen=True)
class ScoredMemory:
    """A memory with its score, the piece to show, and why, where that was asked."""

    row: Row
    score: float
    highlight: str
    contributions: dict[str, float] | None = None


class Moment(Searchable):
    """What there was at a moment: beside what the index has, hits that were judged by themselves.

    `until` names the moment."""

    until: int

    def hits(self, asked: QueryExecution) -> list[Hit]:
        """Those, best first."""
        raise NotImplementedError


@dataclass(frozen=True)
class ResultsPage:
    """Results as JSON, the cursor of the next ones, and how the query was understood.

    `excluded`: what was left out. `is_cut_short`: a phrase was looked for in as many memories as
    one query may read, or as many hits were looked at for the filters, and there are more.
    """

    results: list[Fragment]
    next_cursor: str | None
    excluded: list[str]
    is_cut_short: bool
    explanation: dict[str, Any] | None = None


@dataclass(frozen=True)
class SearchOptions:
    """How a query is read and its results are ordered."""

    syntax: str = AUTO
    sort: str = RELEVANCE
    recency: str = TIE
    half_life_days: float | None = None

    def now(self) -> int:
        """Microseconds since 1970 where ages count, else 0: the same page has the same cursor."""
        return time.time_ns() // 1_000 if self.half_life_days is not None else 0

    def order(self, now: int) -> Order:
        return Order(self.sort, self.recency, self.half_life_days, now)


def search(
    *,
    query: str,
    by: Principal,
    scope: str = "all",
    team_key: str | None = None,
    category: str | None = None,
    filters: Filters | None = None,
    how: SearchOptions | None = None,
    limit: int = 20,
    cursor: str | None = None,
    explain: bool = False,
    moment: Moment | None = None,
    show: Callable[[ScoredMemory], Any],
    as_texts: bool = False,
) -> ResultsPage:
    """What `show` makes of up to `limit` memories, fewer where they are long; `as_texts` tells that
    it takes ids and moments that are texts, too.

    With a `moment` it is what there was then, which that reaches. Raises BadInput for a query that
    asks nothing or a foreign cursor, and Spent. The cursor holds the frequencies that the first
    page was ranked with, so that writes meanwhile move no memory that did not change itself.
    """
    how = how or SearchOptions()
    parsed = _parsed(query, how.syntax)
    reach = moment or Searchable(by, scope, team_key, category, filters or NO_FILTERS)
    fingerprint = _fingerprint(query, (scope, team_key, category), how, reach)
    asked = _understood(parsed, how, reach, Mark.read(cursor, fingerprint) if cursor else None)
    found = _retrieved(asked, query.strip(), how, limit)
    rows = reach.rows([place.memory_id for place in found.places], as_texts=as_texts)
    results, last = _shown(found.places, rows, asked.execution, explain, show)
    following = found.following(last)
    return ResultsPage(
        results=results,
        next_cursor=asked.cursor(following, fingerprint) if following else None,
        excluded=[plain(one) for one in asked.execution.query.unwanted],
        is_cut_short=found.rest is not None or asked.execution.scan_is_cut_short,
        explanation=_explanation(asked.execution, how) if explain else None,
    )


class _Asked(NamedTuple):
    """A query as it is carried out, with what the cursors of its pages have in common."""

    execution: QueryExecution
    mark: Mark | None
    now: int
    options: int

    def cursor(self, spot: Spot, fingerprint: str) -> str:
        mark = Mark(
            start=spot.start,
            end=spot.end,
            last=spot.last,
            now=self.now,
            options=self.options,
            collection=self.execution.ranking.collection,
            documents=self.execution.frequencies(),
        )
        return mark.written(fingerprint)


class _Found(NamedTuple):
    """A page of hits, its places as they are shown, and where to go on when as much was looked at
    as one query may."""

    page: FoundPage
    places: list[Hit]
    rest: Spot | None

    def following(self, last: Hit | None) -> Spot | None:
        """Where the next page begins; `last` is where this one ends before its limit."""
        return self.page.after(last.memory_id) if last else self.page.following or self.rest


def _parsed(query: str, syntax: str) -> Query:
    try:
        return parse(query, syntax)
    except BadQuery as error:
        raise BadInput.at("/query", error.code, str(error)) from error


def _fingerprint(
    query: str, place: tuple[str, str | None, str | None], how: SearchOptions, reach: Searchable
) -> str:
    """What a cursor is good for: of another search it is refused."""
    parts = ["search", query, *(name or "" for name in place)]
    if how != SearchOptions():
        parts.append(str(how))
    if isinstance(reach, Moment):
        parts.append(f"at {reach.until}")
    if not reach.filters.is_empty:
        parts.append(str(reach.filters))
    return "|".join(parts)


def _understood(query: Query, how: SearchOptions, reach: Searchable, mark: Mark | None) -> _Asked:
    """The query ready to be carried out: its doubtful words are decided."""
    parsed, options = _decided(query, reach, mark)
    now = mark.now if mark else how.now()
    return _Asked(QueryExecution(parsed, reach, mark), mark, now, options)


def _retrieved(asked: _Asked, text: str, how: SearchOptions, limit: int) -> _Found:
    """A page of hits: of the index, those that meet the filters, and at a moment with those that
    were judged by themselves. Before the first page stands the memory that `text` names."""
    execution, reach, mark = asked.execution, asked.execution.reach, asked.mark
    sifter = Sifter(execution.places, reach) if reach.filters.scans else None
    source = sifter.places if sifter else execution.places
    if isinstance(reach, Moment):
        source = merged(source, reach.hits(execution))
    spot = Spot(mark.start, mark.end, mark.last) if mark else Spot()
    found = page(source, execution.times, how.order(asked.now), limit, spot)
    rest = None if found.following else _rest(sifter, execution)
    places = found.places if mark else _with_named(text, reach, found.places)
    return _Found(found, places, rest)


def _rest(sifter: Sifter | None, asked: QueryExecution) -> Spot | None:
    """Where to go on when as much was looked at as one query may."""
    if sifter and sifter.rest:
        return sifter.rest
    return Spot(start=asked.rest) if asked.rest else None


def ranked_ids(query: str, count: int) -> list[int]:
    """For operators: ids of the best memories, whoever's they are, the trash included.

    Raises BadQuery.
    """
    parsed, _ = _decided(parse(query), Everything(), None)
    asked = QueryExecution(parsed, Everything())
    return [place.memory_id for place in asked.places(count, None)]


def _decided(query: Query, reach: Searchable | Everything, mark: Mark | None) -> tuple[Query, int]:
    """The query with its doubtful words decided, and these decisions as bits.

    A dash excludes unless memories have it there: `java -jar` is a command where one of the best
    has it so. Later pages keep to what was decided.
    """
    if not query.doubtful:
        return query, 0
    if mark:
        options = {word for n, word in enumerate(query.doubtful) if mark.options >> n & 1}
    else:
        best = QueryExecution(read_as(query, query.doubtful), reach).places(LOOKED_AT, None)
        texts = Reader(reach, MOST_BYTES).texts([place.memory_id for place in best])
        options = written_options(texts, query.doubtful)
    bits = sum(1 << n for n, word in enumerate(query.doubtful) if word in options)
    return read_as(query, options), bits


def _with_named(text: str, reach: Searchable, places: list[Hit]) -> list[Hit]:
    """The places, before them the memory whose doc_id was typed."""
    named = reach.named(text) if is_id(text) else None
    if named is None or (reach.filters.scans and not reach.meeting([named])):
        return places
    best = max((place.score for place in places), default=0)
    others = [place for place in places if place.memory_id != named]
    return [Hit(best + ABOVE_ALL, named), *others]


def _explanation(asked: QueryExecution, how: SearchOptions) -> dict[str, Any]:
    recency: Any = how.recency
    if how.half_life_days is not None:
        recency = {"half_life_days": how.half_life_days}
    return {
        **asked.explanation(),
        "excluded": [plain(one) for one in asked.query.unwanted],
        "sort": how.sort,
        "recency": recency,
        "tie": TIES["none" if how.recency == "none" else "tie"],
    }


def _shown(
    places: list[Hit],
    by_id: dict[int, Row],
    asked: QueryExecution,
    explain: bool,
    show: Callable[[ScoredMemory], Any],
) -> tuple[list[Fragment], Hit | None]:
    """The memories in order, and the last place where not all had room; one that went in the
    meantime is left out."""
    ids = [place.memory_id for place in places]
    scored = {place.memory_id: place for place in places}
    if explain:
        for memory_id, document in shown_documents(by_id).items():
            by_id[memory_id]["terms_left_out"] = document.left_out
    highlight = Highlighter(asked.weights())
    parts = asked.ranking.contributions(ids) if explain and ids else {}

    def found(row: Row) -> ScoredMemory:
        return ScoredMemory(
            row=row,
            score=scored[row["id"]].score / 1_000_000,
            highlight=highlight(row["content"]),
            contributions=parts.get(row["id"]) if explain else None,
        )

    items, last = bounded_pages.part(
        (by_id[pk] for pk in ids if pk in by_id),
        whole=asked.reach.whole,
        show=lambda row: show(found(row)),
        limit=len(ids),
    )
    return items, scored[last["id"]] if last else None
