"""Memories that resemble one: what else is there on this, and was this saved before?"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

from orjson import Fragment

from memory_hub.accounts.principal import Principal
from superthread.reads import bounded_pages
from superthread.reads.named import find
from superthread.reads.representation import Row
from superthread.search.index.described import terms_beside, with_beside
from superthread.search.index.documents import Counted
from superthread.search.index.indexer import count_terms
from superthread.search.index.packing import code_of, codes_of
from superthread.search.renewal.former import shown_documents
from superthread.search.retrieval import looking_up
from superthread.search.retrieval.lists import Lists
from superthread.search.retrieval.ranking import FREQUENT, Collection, Ranking, affordable
from superthread.search.retrieval.reach import Searchable
from superthread.search.retrieval.weights import Term

DUPLICATE = 0.8  # resemblance from which on a memory is reported as a duplicate
COMPARED = 200  # distinct terms of a memory that are compared; a page has about as many
CANDIDATES = 50  # best-ranked memories whose resemblance is worked out
REPORTED = 5  # duplicates named in the answer of a save


@dataclass(frozen=True)
class Resemblance:
    """A brief row, and how much its memory resembles the other one, from 0 to 1 (same words)."""

    row: Row
    score: float


def similar(
    *, doc_id: str, by: Principal, limit: int = 5, show: Callable[[Row], dict[str, Any]]
) -> list[Fragment]:
    """What the caller may read that resembles this memory as `show` has it, in JSON with its score,
    most alike first; fewer than `limit` where they are long. Raises NotFound."""
    row = find(doc_id=doc_id, by=by)
    alike = resembling(
        row, with_beside(count_terms(row["content"]), terms_beside(row)), by=by, limit=limit
    )
    scores = {one.row["id"]: one.score for one in alike}
    return bounded_pages.part(
        (one.row for one in alike),
        whole=Searchable(by).whole,
        show=lambda row: {**show(row), "score": scores[row["id"]]},
        limit=limit,
    ).items


def duplicates(row: Row, counted: Counted, *, by: Principal) -> list[dict[str, Any]]:
    """Doc ids and scores of what the caller may read and that says the same in the same words."""
    alike = resembling(row, counted, by=by, limit=REPORTED)
    return [
        {"doc_id": str(one.row["doc_id"]), "score": one.score}
        for one in alike
        if one.score >= DUPLICATE
    ]


def resembling(row: Row, counted: Counted, *, by: Principal, limit: int) -> list[Resemblance]:
    """The `limit` memories most like `row`, itself left out; `counted` are the row's terms.

    BM25 with its rarest words finds candidates; the score is the share of this memory's words,
    weighed by idf, that the other has, times the square root of the shorter length by the
    longer: a page that happens to hold all words of a note is not its duplicate.
    """
    reach = Searchable(by)
    lists = Lists(reach.holders)
    terms = looking_up.counted(list(counted.frequencies)[:COMPARED], lists)
    # Words that stand nowhere else lead nowhere, and frequent ones only where there are no others.
    shared = [term for term in terms if term.postings > 1]
    shared = affordable([one for one in shared if one.postings < FREQUENT] or shared)
    collection = Collection.now(lists.of(()))
    ranking = Ranking(shared, collection, reach.found, lists)
    # One more, for the memory itself is likely to be the first.
    places = ranking.top(CANDIDATES + 1)
    others = [place.memory_id for place in places if place.memory_id != row["id"]][:CANDIDATES]
    scores = _scores(terms, counted, collection, others)
    best = sorted(scores, key=lambda memory_id: (-scores[memory_id], -memory_id))[:limit]
    by_id = reach.rows(best)
    return [Resemblance(by_id[pk], scores[pk]) for pk in best if pk in by_id]


def _scores(
    terms: list[Term], counted: Counted, collection: Collection, ids: list[int]
) -> dict[int, float]:
    # One more than the idf, by which words that all of a few memories share weigh nothing.
    weights = {code_of(term.id): 1 + collection.idf(term) for term in terms}
    whole = sum(weights.values())
    scores: dict[int, float] = {}
    for pk, document in shown_documents(ids).items():
        common = sum(weights.get(code, 0.0) for code in codes_of(document.terms))
        shorter, longer = sorted((counted.length, document.length))
        scores[pk] = round(common / whole * sqrt(shorter / longer), 4)
    return scores
