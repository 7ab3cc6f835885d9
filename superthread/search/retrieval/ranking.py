"""BM25 over the postings, in two statements that give one list on SQLite and PostgreSQL."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from memory_hub.database.dialect import among, double, millionths
from superthread.search.analysis.forms import AMONG_OTHERS, EVERY
from superthread.search.index.holders import Holders
from superthread.search.index.postings import MOST_TIMES, Counted, weighed_length

# Repeats count less than with the usual 1.2. The length is compared with a fixed one and not with
# the mean: in a hub of short notes an article shall not lose for being one, and no score shall tell
# what others have stored. See postings.weighed_length.
K1, B, USUAL_LENGTH = 0.9, 0.9, 150

# A query is decided by its rare words. The 16 rarest lose nothing on any labelled set; after the
# first two, words are taken only while the postings to read add up to this many.
MOST_TERMS, MOST_POSTINGS, ALWAYS_TAKEN = 16, 50_000, 2
MOST_SPELLINGS = 2  # of one term in a query that are told from others

FREQUENT = 4_096  # memories, from which on it is not told how many

# Whether a hit may be found costs more than its score: the best ten for every one wanted are
# checked before all are. Ten suffice unless nine of ten in reach are filtered out or in the trash.
LOOKED_AHEAD, EVERY_HIT = 10, 2**31


EVERYBODY = Holders()


@dataclass(frozen=True)
class Term:
    """A term of the index as one query uses it.

    `documents` of what the caller reaches hold it; `postings` are those of everybody, which are
    read, as far as they were counted. `weight` is below 1 for what was not typed; `spellings` are
    those that were.
    """

    id: int
    text: str
    documents: int
    postings: int
    weight: float = 1.0
    instead_of: str | None = None
    spellings: tuple[int, ...] = ()


@dataclass(frozen=True)
class Collection:
    """The memories that frequencies are counted over: those that the caller reaches."""

    documents: int

    @classmethod
    def now(cls, holders: Holders) -> "Collection":
        """As it is in the database."""
        held, params = holders.held()
        total = f"SELECT sum(documents) FROM superthread_search_total WHERE {held}"
        if holders.part is not None:
            # The totals know of no parts: counted as far as it makes a difference.
            each = f"SELECT 1 FROM superthread_search_document WHERE {held} LIMIT {FREQUENT}"
            total = f"SELECT count(*) FROM ({each}) AS counted"
        with connection.cursor() as cursor:
            cursor.execute(total, params)
            return cls(int(cursor.fetchone()[0] or 0))

    def idf(self, term: Term) -> float:
        """How much finding the term says: ln(1 + (N - n + ½) / (n + ½))."""
        n = min(max(term.documents, 1), max(self.documents, 1))
        return math.log(1 + (max(self.documents, 1) - n + 0.5) / (n + 0.5))


@dataclass(frozen=True)
class Hit:
    """A place in the list: the score in millionths and the memory's id."""

    score: int
    memory_id: int


@dataclass(frozen=True)
class Ranking:
    """A query against the index: what is looked for, and where.

    `condition`: what may be found at all, on hit.memory_id. `holders`: whose it may be, which is
    cheaper to tell. `needed`: a term that every hit has. `within`: the only memories looked at.
    `exactness`: what a word counts for that has the same letters, and the same capitals too.
    """

    terms: tuple[Term, ...]
    collection: Collection
    condition: tuple[str, Sequence[Any]]
    holders: Holders = EVERYBODY
    needed: int | None = None
    within: Sequence[int] | None = None
    exactness: tuple[float, float] = AMONG_OTHERS

    def top(self, count: int, after: Hit | None = None) -> list[Hit]:
        """The next `count` memories, best first; of equal ones the one made later first."""
        if not self.terms:
            return []
        checked = count * LOOKED_AHEAD
        found = self._best(count, after, checked)
        # Who may read few of the best has the others checked too, unless there can be no others.
        # On later pages the terms hold the numbers of the first page, which writes outdate.
        if len(found) < count and (after or sum(t.postings for t in self.terms) >= checked / 2):
            found = self._best(count, after, EVERY_HIT)
        return found

    def _best(self, count: int, after: Hit | None, checked: int) -> list[Hit]:
        """What may be found among the `checked` best hits, at most `count`."""
        later, place = "", []
        if after:
            later = "WHERE score < %s OR (score = %s AND memory_id < %s)"
            place = [after.score, after.score, after.memory_id]
        hits, params = self._hits()
        condition, values = self.condition
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT hit.score, hit.memory_id FROM (SELECT score, memory_id "
                f"FROM ({hits}) AS every {later} "
                f"ORDER BY score DESC, memory_id DESC LIMIT %s) AS hit "
                f"WHERE {condition} ORDER BY hit.score DESC, hit.memory_id DESC LIMIT %s",
                [*params, *place, checked, *values, count],
            )
            return [Hit(*row) for row in cursor.fetchall()]

    def contributions(self, ids: Sequence[int]) -> dict[int, dict[str, float]]:
        """What each term adds to the score of each of these memories."""
        condition, params = among("memory_id", ids, "int")
        found: dict[int, dict[str, float]] = {memory_id: {} for memory_id in ids}
        if not self.terms:
            return found
        texts = {term.id: term.text for term in self.terms}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT term_id, memory_id, {self._part()} FROM superthread_search_posting "
                f"WHERE term_id IN ({numbers(texts)}) AND {condition}",
                params,
            )
            for term_id, memory_id, part in cursor.fetchall():
                found[memory_id][texts[term_id]] = round(float(part), 6)
        return found

    def _hits(self) -> tuple[str, list[Any]]:
        """Memory ids with the scores that order them.

        Those of other holders are passed over: they would be in the way of the caller's.
        """
        near, values = self.holders.near()
        conditions, params = [near], [*values]
        if self.needed is not None:
            conditions.append(
                "memory_id IN (SELECT n.memory_id FROM superthread_search_posting n "
                f"WHERE n.term_id = {self.needed:d})"
            )
        if self.within is not None:
            condition, values = among("memory_id", self.within, "int")
            conditions.append(condition)
            params += values
        scores = (
            f"SELECT memory_id, sum({self._part()}) AS score FROM superthread_search_posting "
            f"WHERE term_id IN ({numbers(term.id for term in self.terms)}) "
            f"AND {' AND '.join(conditions)} GROUP BY memory_id"
        )
        scored = f"SELECT {millionths('score')} AS score, memory_id FROM ({scores}) AS scored"
        return scored, params

    def _part(self) -> str:
        """What one posting adds to a score. All numbers in it are our own, no parameters."""
        whens = " ".join(f"WHEN {term.id} THEN {self._factor(term)}" for term in self.terms)
        return (
            f"CASE term_id {whens} END * frequency * {double(K1 + 1)} / "
            f"(frequency + {double(_CONSTANT)} + {double(_SLOPE)} * length)"
        )

    def _factor(self, term: Term) -> str:
        """What a term counts for, more where it is spelt as it was asked for."""
        usual, exact = self._factors(term)
        whens = " ".join(
            f"WHEN spellings & {bits:d} = {bits:d} THEN {double(factor)}" for bits, factor in exact
        )
        plain = double(usual)
        return f"CASE {whens} ELSE {plain} END" if whens else plain

    def _factors(self, term: Term) -> tuple[float, list[tuple[int, float]]]:
        """What it counts for, and for bits of its spelling what it counts where it has these, the
        first of them first."""
        usual = term.weight * self.collection.idf(term)
        exact = [
            (bits, round(usual * factor, 9))
            for factor, mask in zip(reversed(self.exactness), (-1, EVERY), strict=True)
            for bits in dict.fromkeys(one & mask for one in term.spellings[:MOST_SPELLINGS])
        ]
        return round(usual, 9), exact

    def score_of(self, counted: Counted, more: Iterable[Term] = ()) -> int:
        """The score, in millionths, of terms that are not in the index, by the same formula;
        ``more`` are terms that the index does not know."""
        length, score = weighed_length(counted.length), 0.0
        for term in (*self.terms, *more):
            times = min(counted.frequencies.get(term.text, 0), MOST_TIMES)
            if times:
                usual, exact = self._factors(term)
                spelt = counted.spellings[term.text]
                factor = next((one for bits, one in exact if spelt & bits == bits), usual)
                score += factor * times * (K1 + 1) / (times + _CONSTANT + _SLOPE * length)
        return int(score * 1_000_000 + 0.5)


_CONSTANT, _SLOPE = round(K1 * (1 - B), 9), round(K1 * B / USUAL_LENGTH, 9)


def all_fit(terms: Sequence[Term]) -> bool:
    """Whether a query may rank as many terms with as many postings."""
    return len(terms) <= MOST_TERMS and sum(term.postings for term in terms) <= MOST_POSTINGS


def affordable(terms: Iterable[Term], required: Iterable[str] = ()) -> tuple[Term, ...]:
    """The rarest terms within the bounds above, one entry a term; of the `required`, which stand in
    every hit, the rarest in any case.

    Terms of more postings than are ever read stand for themselves only where there are no others.
    """
    kept: list[Term] = []
    postings = 0
    by_rarity = sorted(_strongest(terms), key=lambda term: (term.documents, term.text))
    readable = [term for term in by_rarity if term.postings <= MOST_POSTINGS]
    needed = rarest(readable or by_rarity, required)
    for term in sorted(readable or by_rarity[:ALWAYS_TAKEN], key=lambda term: term is not needed):
        postings += term.postings
        within = len(kept) < MOST_TERMS and postings <= MOST_POSTINGS
        if within or len(kept) < ALWAYS_TAKEN:
            kept.append(term)
    return tuple(kept)


def rarest(terms: Iterable[Term], among_texts: Iterable[str]) -> Term | None:
    """Of the terms with one of these texts the one with the fewest postings."""
    chosen = set(among_texts)
    named = [term for term in terms if term.text in chosen]
    return min(named, key=lambda term: (term.postings, term.text), default=None)


def _strongest(terms: Iterable[Term]) -> list[Term]:
    """A term that was typed and also stands for a mistyped one counts as typed."""
    best: dict[int, Term] = {}
    for term in terms:
        if term.id not in best or best[term.id].weight < term.weight:
            best[term.id] = term
    return list(best.values())


def containing(requirement: Iterable[Iterable[str]], ids: Mapping[str, int]) -> str:
    """A condition on hit.memory_id: has all terms of one of the groups; `ids` are those known."""
    groups = [
        " AND ".join(
            "EXISTS (SELECT 1 FROM superthread_search_posting p "
            f"WHERE p.term_id = {ids[text]:d} AND p.memory_id = hit.memory_id)"
            for text in sorted(set(group))
        )
        for group in requirement
        if all(text in ids for text in group)
    ]
    return f"({' OR '.join(groups)})" if groups else "1 = 0"


def numbers(ids: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in ids)
