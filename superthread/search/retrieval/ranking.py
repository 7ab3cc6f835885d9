"""The memories that answer a query, best first, as far as they may be found."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from django.db import connection

from superthread.search.analysis.forms import AMONG_OTHERS
from superthread.search.index.documents import Counted, weighed_length
from superthread.search.index.holders import Holders
from superthread.search.index.packing import MOST_TIMES, code_of, count_of
from superthread.search.renewal.former import shown_documents
from superthread.search.retrieval import weights
from superthread.search.retrieval.lists import Lists, Snapshot
from superthread.search.retrieval.scoring import ABOVE_ALL, EVERY, Scoring
from superthread.search.retrieval.sums import Needed
from superthread.search.retrieval.weights import Factors, Term, millionths

# A query is decided by its rare words. The 16 rarest lose nothing on any labelled set; after the
# first two, words are taken only while the postings to read add up to this many.
MOST_TERMS, MOST_POSTINGS, ALWAYS_TAKEN = 16, 50_000, 2
FREQUENT = 4_096  # memories, from which on it is not told how many

# Whether a hit may be found costs more than its score: of the best ones some more than are wanted
# are looked at, then more and more, and as many for a page as queries of other words may have.
FIRST_LOOK, LARGEST_LOOK, MOST_LOOKED_AT = 1.5, 2_000, ALWAYS_TAKEN * MOST_POSTINGS
# So many are ranked at a time, as they are asked for: of what can be none of them little is read.
# The first are those that a page of 20 looks at first.
AT_ONCE = (32, 384, 4_096, 65_536)
# Hits of frequent words that are looked at before it is told whether they fill a page.
FEW_LOOKED_AT = 512

EVERYBODY = Holders()


@dataclass(frozen=True)
class Collection:
    """The memories that frequencies are counted over: those that the caller reaches."""

    documents: int

    @classmethod
    def now(cls, snapshot: Snapshot) -> "Collection":
        """As it was when the snapshot was read."""
        holders = snapshot.holders
        if holders.part is None:
            return cls(snapshot.total)
        # Nobody counts parts: counted as far as it makes a difference.
        sql, params = holders.part
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM (SELECT 1 FROM (SELECT id AS memory_id FROM "
                f"superthread_memory WHERE space IN ({', '.join(map(str, holders.spaces or ()))})) "
                f"AS hit WHERE {sql} LIMIT {FREQUENT}) AS counted",
                params,
            )
            return cls(cursor.fetchone()[0])

    def idf(self, term: Term) -> float:
        """How much finding the term says."""
        return weights.idf(self.documents, term.documents)


@dataclass(frozen=True)
class Hit:
    """A place in the list: the score in millionths and the memory's id."""

    score: int
    memory_id: int


class _Run:
    """Hits that follow each other, best first, as far as they were ranked: all of those below one
    down to the last of them, or, where it is whole, all there are."""

    def __init__(self, below: int) -> None:
        self.below, self.is_whole = below, False
        self.hits: list[int] = []

    def reaches(self, below: int) -> bool:
        """Whether it has the first ones below a number, as far as it goes."""
        end = self.hits[-1] if self.hits else self.below
        return below <= self.below and (self.is_whole or below >= end)


# Those of some memories that may be found, and perhaps others such.
Findable = Callable[[Sequence[int]], Mapping[int, object]]


@dataclass(frozen=True)
class Ranking:
    """A query against the index: what is looked for, and where.

    `findable` tells those of some memories that may be found at all. `needed` and `unwanted` are
    what every hit has, and has not. `spaces`: those of the holders that are looked into, None for
    all; `within`: the only memories looked at. `exactness`: what a word counts for that has the
    same letters, and the same capitals too. `likely`: hits that will be asked for.
    """

    terms: tuple[Term, ...]
    collection: Collection
    findable: Findable
    lists: Lists
    needed: Sequence[Needed] = ()
    unwanted: Sequence[Needed] = ()
    spaces: Set[int] | None = None
    within: Sequence[int] | None = None
    exactness: tuple[float, float] = AMONG_OTHERS
    likely: int = 0
    # What was ranked, and how the snapshot is that it was ranked by.
    _runs: list[_Run] = field(default_factory=list, compare=False, repr=False)
    _scorings: list[Scoring] = field(default_factory=list, compare=False, repr=False)

    def top(
        self, count: int, after: Hit | None = None, least: int = 0, most: int = MOST_LOOKED_AT
    ) -> list[Hit]:
        """The next `count` memories, best first; of equal ones the one made later first. Of those
        with a score below the `least` some may be left out. Fewer, too, where none of about `most`
        others may be found."""
        found: list[Hit] = []
        below = after.score << 32 | after.memory_id if after else ABOVE_ALL
        looked_at, size = 0, int(count * FIRST_LOOK) + 1
        while len(found) < count and looked_at < most:
            chunk = self._next(below, size, least)
            if not chunk:
                break
            found += self._may_be_found(chunk)
            below, looked_at = chunk[-1], looked_at + len(chunk)
            size = min(4 * size, LARGEST_LOOK)
        return found[:count]

    def first(self, count: int) -> list[Hit]:
        """The same of the best hits alone."""
        return self.top(count, most=FEW_LOOKED_AT)

    @property
    def has_few(self) -> bool:
        """Whether no more hits are there than `first` looks at."""
        return len(self._next(ABOVE_ALL, FEW_LOOKED_AT, 0)) < FEW_LOOKED_AT

    @property
    def is_long(self) -> bool:
        """Whether segments have more postings than other queries read, of one term or of all."""
        snapshot = self.lists.of(self._read)
        is_in = [self.spaces is None or one.space in self.spaces for one in snapshot.read.segments]
        many = [
            sum(
                part.postings.many
                for part in snapshot.parts.get(term.id, ())
                if is_in[part.segment]
            )
            for term in self.terms
        ]
        return max(many, default=0) > MOST_POSTINGS or sum(many) > ALWAYS_TAKEN * MOST_POSTINGS

    def _next(self, below: int, size: int, least: int) -> list[int]:
        """The next hits below one, best first, of those with the `least` score; none only where
        there are no others."""
        run = next((one for one in self._runs if one.reaches(below)), None)
        if run is None:
            self._runs.append(run := _Run(below))
        first = bisect_left(run.hits, 1 - below, key=int.__neg__)
        while True:
            end, stop = _end_of(run.hits, least), first + size
            if run.is_whole or end < len(run.hits) or stop <= len(run.hits):
                break
            self._extend(run, stop - len(run.hits))
        # Equal ones together, for who asks for some of them asks for the others next.
        if stop < end:
            stop = min(_end_of(run.hits, run.hits[stop - 1] >> 32), stop + size)
        return run.hits[first : min(stop, end)]

    def _extend(self, run: _Run, missing: int) -> None:
        """Ranks as many further hits as are missing, or as there are already."""
        wanted = max(missing, len(run.hits), self.likely)
        count = next((one for one in AT_ONCE if one >= wanted), AT_ONCE[-1])
        if self.within is not None:
            # Of few memories all are read already.
            count = EVERY
        more = self._scored(count, run.hits[-1] if run.hits else run.below)
        run.hits += more
        run.is_whole = len(more) < count

    def _scored(self, count: int, below: int) -> list[int]:
        """The best so many below a number, in order."""
        if not self.terms:
            return []
        if self.within is not None:
            snapshot = Snapshot.of_memories(self.within, self.lists.holders)
            return self._best_in(snapshot, count, below)
        return self.lists.steadily(
            self._read, lambda snapshot: self._best_in(snapshot, count, below)
        )

    @property
    def _read(self) -> list[int]:
        """The terms whose lists are read."""
        needs = (*self.needed, *self.unwanted)
        others = {t for one in needs for group in one for t in group if t}
        return [*(term.id for term in self.terms), *others]

    def _best_in(self, snapshot: Snapshot, count: int, below: int) -> list[int]:
        scoring = next((one for one in self._scorings if one.snapshot is snapshot), None)
        if scoring is None:
            factors = {term.id: self._factors(term) for term in self.terms}
            # The only memories looked at are in these spaces, or granted.
            spaces = self.spaces if self.within is None else None
            scoring = Scoring(snapshot, factors, self.needed, self.unwanted, spaces)
            self._scorings[:] = [scoring]
        return scoring.best(count, below)

    def _may_be_found(self, hits: Sequence[int]) -> list[Hit]:
        found = self.findable([hit & 0xFFFFFFFF for hit in hits])
        both = ((hit >> 32, hit & 0xFFFFFFFF) for hit in hits)
        return [Hit(score, pk) for score, pk in both if pk in found]

    def contributions(self, ids: Sequence[int]) -> dict[int, dict[str, float]]:
        """What each term adds to the score of each of these memories."""
        found: dict[int, dict[str, float]] = {memory_id: {} for memory_id in ids}
        factors = [(term, self._factors(term)) for term in self.terms]
        for pk, document in shown_documents(ids).items():
            length = weighed_length(document.length)
            for term, one in factors:
                count = count_of(code_of(term.id), document.terms, document.counts)
                if count is not None:
                    found[pk][term.text] = round(one.part(count.times, length, count.spelling), 6)
        return found

    def score_of(self, counted: Counted, more: Iterable[Term] = ()) -> int:
        """The score, in millionths, of terms that are not in the index, by the same formula;
        ``more`` are terms that the index does not know."""
        length, score = weighed_length(counted.length), 0.0
        for term in (*self.terms, *more):
            times = min(counted.frequencies.get(term.text, 0), MOST_TIMES)
            if times:
                score += self._factors(term).part(times, length, counted.spellings[term.text])
        return millionths(score)

    def _factors(self, term: Term) -> Factors:
        return Factors(term, self.collection.idf(term), self.exactness)


def _end_of(hits: Sequence[int], least: int) -> int:
    """Where those end that have the `least` score."""
    return bisect_right(hits, -(least << 32), key=int.__neg__)


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
