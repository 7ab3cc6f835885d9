"""BM25 over the postings, in two statements that give one list on SQLite and PostgreSQL."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from superthread.dialect import among, double, millionths, unnested

# Of notes of a sentence to a page, by measurement: repeats count less and length less than with
# the usual 1.2 and 0.75.
K1, B = 0.9, 0.4

# A query is decided by its rare words. The 16 rarest lose nothing on any labelled set; after the
# first two, words are taken only while the postings to read add up to this many.
MOST_TERMS, MOST_POSTINGS, ALWAYS_TAKEN = 16, 50_000, 2

# Whether a hit may be found costs more than its score: the best ten for every one wanted are
# checked before all are. Ten suffice for whoever may read a tenth of the memories.
LOOKED_AHEAD, EVERY_HIT = 10, 2**31


@dataclass(frozen=True)
class Term:
    """A term of the index as one query uses it. `weight` is below 1 for what was not typed."""

    id: int
    text: str
    documents: int
    weight: float = 1.0
    instead_of: str | None = None


@dataclass(frozen=True)
class Collection:
    """All memories of the index: frequencies are counted over everybody's."""

    documents: int
    length: int

    @classmethod
    def now(cls) -> "Collection":
        """As it is in the database."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT documents, length FROM superthread_search_total")
            rows = cursor.fetchall()
        return cls(sum(documents for documents, _ in rows), sum(length for _, length in rows))

    def idf(self, term: Term) -> float:
        """How much finding the term says: ln(1 + (N - n + ½) / (n + ½))."""
        n = min(term.documents, self.documents)
        return math.log(1 + (self.documents - n + 0.5) / (n + 0.5))

    def per_term(self) -> float:
        """What one term of a memory's length adds to the denominator."""
        return K1 * B * self.documents / max(self.length, 1)


@dataclass(frozen=True)
class Place:
    """A place in the list: the score in millionths and the memory's id."""

    score: int
    memory_id: int


@dataclass(frozen=True)
class Ranking:
    """A query against the index: what is looked for, and where."""

    terms: tuple[Term, ...]
    collection: Collection
    condition: str  # SQL on hit.memory_id: what may be found at all
    params: Sequence[Any]

    def top(self, count: int, after: Place | None = None) -> list[Place]:
        """The next `count` memories, best first; of equal ones the one made later first."""
        if not self.terms:
            return []
        checked = count * LOOKED_AHEAD
        found = self._best(count, after, checked)
        # Who may read few of the best has the others checked too, unless there can be no others.
        # On later pages the terms hold the numbers of the first page, which writes outdate.
        if len(found) < count and (after or sum(t.documents for t in self.terms) >= checked / 2):
            found = self._best(count, after, EVERY_HIT)
        return found

    def _best(self, count: int, after: Place | None, checked: int) -> list[Place]:
        """What may be found among the `checked` best hits, at most `count`."""
        later, params = "", []
        if after:
            later = "WHERE score < %s OR (score = %s AND memory_id < %s)"
            params = [after.score, after.score, after.memory_id]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT hit.score, hit.memory_id FROM (SELECT score, memory_id "
                f"FROM ({self._hits()}) AS every {later} "
                f"ORDER BY score DESC, memory_id DESC LIMIT %s) AS hit "
                f"WHERE {self.condition} ORDER BY hit.score DESC, hit.memory_id DESC LIMIT %s",
                [*params, checked, *self.params, count],
            )
            return [Place(*row) for row in cursor.fetchall()]

    def contributions(self, ids: Sequence[int]) -> dict[int, dict[str, float]]:
        """What each term adds to the score of each of these memories."""
        by_id = {term.id: term for term in self.terms}
        condition, params = among("memory_id", ids, "int")
        found: dict[int, dict[str, float]] = {memory_id: {} for memory_id in ids}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT term_id, memory_id, frequency, length FROM superthread_search_posting "
                f"WHERE term_id IN ({_numbers(by_id)}) AND {condition}",
                params,
            )
            for term_id, memory_id, frequency, length in cursor.fetchall():
                term = by_id[term_id]
                part = (
                    frequency * (K1 + 1) / (frequency + self._constant() + self._slope() * length)
                )
                found[memory_id][term.text] = round(self._factor(term) * part, 6)
        return found

    def _hits(self) -> str:
        """Memory ids with the scores that order them."""
        return f"SELECT {millionths('score')} AS score, memory_id FROM ({self._scores()}) AS scored"

    def _scores(self) -> str:
        """Memory ids and scores as a subquery. All numbers in it are our own, no parameters."""
        whens = " ".join(f"WHEN {term.id} THEN {double(self._factor(term))}" for term in self.terms)
        return (
            f"SELECT memory_id, sum(CASE term_id {whens} END * frequency * {double(K1 + 1)} / "
            f"(frequency + {double(self._constant())} + {double(self._slope())} * length)) "
            f"AS score FROM superthread_search_posting "
            f"WHERE term_id IN ({_numbers(term.id for term in self.terms)}) GROUP BY memory_id"
        )

    def _factor(self, term: Term) -> float:
        return round(term.weight * self.collection.idf(term), 9)

    def _constant(self) -> float:
        return round(K1 * (1 - B), 9)

    def _slope(self) -> float:
        return round(self.collection.per_term(), 9)


def look_up(texts: Sequence[str]) -> list[Term]:
    """The terms that some memory has, with the number of memories."""
    if not texts:
        return []
    condition, params = among("text", texts, "text")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, text, (SELECT count(*) FROM superthread_search_posting p "
            f"WHERE p.term_id = t.id) FROM superthread_search_term t WHERE {condition}",
            params,
        )
        found = {text: Term(pk, text, documents) for pk, text, documents in cursor.fetchall()}
    return [found[text] for text in texts if text in found and found[text].documents]


def affordable(terms: Iterable[Term], required: Iterable[str] = ()) -> tuple[Term, ...]:
    """The rarest terms within the bounds above, one entry a term, and the required ones always."""
    kept: list[Term] = []
    postings = 0
    needed = set(required)
    by_rarity = sorted(_strongest(terms), key=lambda term: (term.documents, term.text))
    for term in sorted(by_rarity, key=lambda term: term.text not in needed):
        postings += term.documents
        within = len(kept) < MOST_TERMS and postings <= MOST_POSTINGS
        if term.text in needed or within or len(kept) < ALWAYS_TAKEN:
            kept.append(term)
    return tuple(kept)


def _strongest(terms: Iterable[Term]) -> list[Term]:
    """A term that was typed and also stands for a mistyped one counts as typed."""
    best: dict[int, Term] = {}
    for term in terms:
        if term.id not in best or best[term.id].weight < term.weight:
            best[term.id] = term
    return list(best.values())


def containing(requirement: Iterable[Iterable[str]]) -> tuple[str, list[Any]]:
    """A condition on hit.memory_id: has all terms of one of the groups."""
    conditions, params = [], []
    for group in requirement:
        rows, values = unnested(distinct := sorted(set(group)), "text")
        conditions.append(
            "hit.memory_id IN (SELECT p.memory_id "
            "FROM superthread_search_posting p JOIN superthread_search_term t ON t.id = p.term_id "
            f"WHERE t.text IN ({rows}) GROUP BY p.memory_id HAVING count(*) = %s)"
        )
        params += [*values, len(distinct)]
    return f"({' OR '.join(conditions)})", params


def _numbers(ids: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in ids)
