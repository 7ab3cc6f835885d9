"""One query on its way through the index."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import count as numbers_from_0
from typing import Any

from superthread.search.analysis import fuzzy
from superthread.search.analysis.forms import ALONE, AMONG_OTHERS
from superthread.search.index.documents import Counted
from superthread.search.index.vocabulary import id_in
from superthread.search.parsing import (
    Query,
    Requirement,
    exclusion,
    phrase_pattern,
    phrase_requirements,
    plain,
)
from superthread.search.retrieval.lists import Lists
from superthread.search.retrieval.looking_up import FEW, look_up
from superthread.search.retrieval.mark import Mark
from superthread.search.retrieval.phrases import MOST_READ, Given, Pattern, Reader, fits, scanned
from superthread.search.retrieval.ranking import Collection, Hit, Ranking, affordable
from superthread.search.retrieval.reach import Everything, Searchable
from superthread.search.retrieval.sieving import Sieve
from superthread.search.retrieval.spelling import Vocabulary
from superthread.search.retrieval.sums import Needed
from superthread.search.retrieval.weights import Term

COMPOUND_WEIGHT = fuzzy.WEIGHT  # of "timezone" where "time zone" was typed
BEGINNING_WEIGHT = 0.8  # of "transcript" where "transcr*" was typed
MOST_BEGINNINGS = 4
# Memories ranked at a time where phrases are looked for in the texts: at first (TIED), at most.
FIRST_CHUNK, LARGEST_CHUNK = 250, 1_000
LIKELY = 21  # places, that a page asks for


class QueryExecution:
    """The query within what the caller may reach; on later pages with the numbers of the first."""

    def __init__(
        self, query: Query, reach: Searchable | Everything, mark: Mark | None = None
    ) -> None:
        self.query, self.reach, self.mark = query, reach, mark
        self.reader, self.lists = Reader(reach), Lists(reach.holders)
        self._rankings: dict[tuple[Term, ...], Ranking] = {}
        # Chunks of the ranking behind a place.
        self._ranked: dict[Hit | None, list[list[Hit]]] = {}
        # The memories that were looked for, and when those that may be found were made and changed.
        self._looked_for: set[int] = set()
        self._found: dict[int, tuple[int, int]] = {}

    def findable(self, ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        """Those of the memories that may be found, and perhaps others such, with when they were
        made and changed; each is asked for once."""
        if new := [pk for pk in ids if pk not in self._looked_for]:
            self._looked_for.update(new)
            self._found |= self.reach.found(new)
        return self._found

    def times(self, ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        """When these memories, and perhaps others, were made and changed, in microseconds."""
        unknown = [pk for pk in ids if pk not in self._found]
        return {**self._found, **self.reach.times(unknown)} if unknown else self._found

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms that decide, from the rarest."""
        typed = self._typed()
        found = [*typed, *self._compounds()]
        # On later pages too: what is respelt on the first is on all.
        if self.vocabulary.doubtful(self.query.terms, typed):
            self._look_at_best(found)
        found += self.vocabulary.respelled(self.query.terms, typed)
        for beginning in self.query.beginnings[:MOST_BEGINNINGS]:
            begun = self.vocabulary.beginning_with(beginning)
            found += [
                replace(one, weight=BEGINNING_WEIGHT, instead_of=f"{beginning}*") for one in begun
            ]
        if self.mark:
            pinned = self.mark.documents
            found = [replace(one, documents=pinned[one.id]) for one in found if one.id in pinned]
        return affordable(found, self._in_every_hit)

    def _look_at_best(self, found: Sequence[Term]) -> None:
        """Looks for the best of these terms, which a page is likely to show: their words are spelt
        right. Else all words are looked for first."""
        self._ranking_of(affordable(found, self._in_every_hit)).top(LIKELY)

    @property
    def ranking(self) -> Ranking:
        return self._ranking_of(self.terms)

    def _ranking_of(self, terms: tuple[Term, ...]) -> Ranking:
        if terms in self._rankings:
            return self._rankings[terms]
        of_terms = partial(
            Ranking,
            terms=terms,
            collection=self.mark.collection if self.mark else Collection.now(self.lists.of(())),
            findable=self.findable,
            lists=self.lists,
            needed=self._by_ids(self._required),
            unwanted=self._by_ids(self._unwanted_words.values()),
            spaces=self.reach.spaces,
            exactness=ALONE if len(self.query.whole.split()) < 2 else AMONG_OTHERS,
            likely=FIRST_CHUNK if self._patterns else 0,
        )
        made = of_terms()
        if made.is_long and len(made.first(LIKELY)) < LIKELY and not made.has_few:
            made = self._of_newest(of_terms, made)
        return self._rankings.setdefault(terms, made)

    def _of_newest(self, of_terms: Callable[..., Ranking], best: Ranking) -> Ranking:
        """Instead of a ranking of which few of the best may be found: of the memories that may, all
        where they are few, else those changed last, unless fewer of these are hits."""
        newest = self.reach.newest(MOST_READ)
        changed = of_terms(within=newest)
        if len(newest) < MOST_READ:
            return changed
        return max(changed, best, key=lambda one: len(one.first(LIKELY)))

    def _by_ids(self, requirements: Iterable[Requirement]) -> list[Needed]:
        """The same with the ids of the terms."""
        requirements = list(requirements)
        words = self.lists.words(t for one in requirements for group in one for t in group)
        ids = {text: id_in(word) for text, word in words.items()}
        return [[[ids.get(text) for text in group] for group in one] for one in requirements]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.lists, self.findable)

    def places(self, count: int, after: Hit | None, least: int = 0) -> list[Hit]:
        """The next `count` places by relevance. Of those with a score below the `least` some may be
        left out."""
        if self._is_scan:
            rest = [one for one in self._scanned if after is None or _below(one, after)]
            return rest[:count]
        if not self._patterns:
            return self.ranking.top(count, after, least)
        found: list[Hit] = []
        for chunk in self._chunks(after, least):
            found += self._sieve.first(chunk, count - len(found))
            if len(found) >= count or self.rest:
                break
        return found[:count]

    def score_of(self, counted: Counted, content: str) -> int | None:
        """The score, in millionths, of a text with these terms that the index does not have; None
        where it does not answer the query."""
        if self._is_scan:
            found = self._scan(Given({0: content}))
            return found[0].score if found else None
        has = counted.frequencies
        if not all(_has(one, has) for one in self._required):
            return None
        if any(_has(one, has) for one in self._unwanted_words.values()):
            return None
        if self._patterns and not fits(plain(content), self._patterns):
            return None
        return self.ranking.score_of(counted, self._unknown) or None

    @property
    def rest(self) -> Hit | None:
        """Where the list goes on when as much was read as one query may, else None."""
        return self._sieve.rest

    @property
    def scan_is_cut_short(self) -> bool:
        """Whether more are left than were read without an index: no cursor leads there."""
        return self._is_scan and self.reader.is_cut_short

    def weights(self) -> dict[str, float]:
        """The words to mark, by how much they say."""
        return {term.text: self.ranking.collection.idf(term) for term in self.terms}

    def frequencies(self) -> dict[int, int]:
        return {term.id: term.documents for term in self.terms}

    def explanation(self) -> dict[str, Any]:
        """How the query was understood; words that the caller can find nowhere are left out."""
        visible = self.vocabulary.visible(self.terms)
        return {
            "terms": [
                {
                    "term": term.text,
                    "idf": round(self.ranking.collection.idf(term), 6),
                    "weight": term.weight,
                    "instead_of": term.instead_of,
                }
                for term in self.terms
                if term.text in visible
            ],
            "phrases": [plain(phrase) for phrase in self.query.phrases],
        }

    def _typed(self) -> list[Term]:
        """The terms of the words as they were typed."""
        wanted = {one.term: one for one in self.query.wanted}
        needed = (*self._required, *self._unwanted_words.values())
        typed = self.query.terms if len(self.query.terms) <= FEW else ()
        self.lists.expect(
            [*typed, *self.query.compounds, *(t for one in needed for group in one for t in group)]
        )
        return [
            replace(one, weight=wanted[one.text].weight, spellings=wanted[one.text].spellings)
            for one in look_up(self.query.terms, self.lists)
        ]

    def _compounds(self) -> list[Term]:
        typed = set(self.query.terms)
        joined = [text for text in self.query.compounds if text not in typed]
        return [
            replace(term, weight=COMPOUND_WEIGHT, instead_of="compound")
            for term in look_up(joined, self.lists)
        ]

    @property
    def _in_every_hit(self) -> set[str]:
        """Terms of the phrases, but for identifiers, which may be there by their words."""
        return {text for one in self._required if len(one) == 1 for text in one[0]}

    @cached_property
    def _required(self) -> list[Requirement]:
        """What the index has of every memory with the phrases."""
        return [one for phrase in self.query.phrases for one in phrase_requirements(phrase)]

    @cached_property
    def _unwanted_words(self) -> dict[str, Requirement]:
        """Exclusions that the index alone decides: one word, by its terms as searching does."""
        told = {text: exclusion(text) for text in self.query.unwanted}
        return {text: terms for text, terms in told.items() if terms}

    @cached_property
    def _patterns(self) -> list[Pattern]:
        """What only the text itself decides: phrases, and exclusions without index terms."""
        unwanted = [text for text in self.query.unwanted if text not in self._unwanted_words]
        return [
            *((phrase_pattern(phrase), True) for phrase in self.query.phrases),
            *((phrase_pattern(phrase), False) for phrase in unwanted),
        ]

    @cached_property
    def _sieve(self) -> Sieve:
        return Sieve(self.reader, self._patterns, self.mark.start if self.mark else None)

    @cached_property
    def _is_scan(self) -> bool:
        """Whether only reading finds: stop words and signs, of which the index has nothing."""
        if self.query.phrases:
            return not self.query.terms
        words = [*self.query.beginnings, *(t for t in self.query.terms if t[0].isalnum())]
        return not words and not self.ranking.top(1)

    @cached_property
    def _scanned(self) -> list[Hit]:
        return self._scan(self.reader)

    def _scan(self, reader: Reader | Given) -> list[Hit]:
        whole = "" if self.query.phrases else self.query.whole
        words = [phrase_pattern(word) for word in whole.split()]
        return scanned(reader, self._patterns, whole, words)

    @cached_property
    def _unknown(self) -> tuple[Term, ...]:
        """The words that the index has nowhere, for texts that it does not have either."""
        known = {term.text for term in self._typed()}
        return tuple(
            Term(0, one.term, 1, 0, one.weight, spellings=one.spellings)
            for one in self.query.wanted
            if one.term not in known
        )

    def _chunks(self, after: Hit | None, least: int) -> Iterator[list[Hit]]:
        """What ranks behind ``after``, a chunk at a time, as far as it has the ``least`` score;
        what was ranked for fewer places is not ranked again for more."""
        known = self._ranked.setdefault(after, [])
        for number in numbers_from_0():
            if number == len(known):
                size = min(FIRST_CHUNK * 4**number, LARGEST_CHUNK)
                known.append(self.ranking.top(size, known[-1][-1] if known else after))
            chunk = [hit for hit in known[number] if hit.score >= least]
            yield chunk
            if not chunk or len(chunk) < len(known[number]):
                return


def _has(requirement: Requirement, terms: Container[str]) -> bool:
    """Whether all terms of one of the groups are there."""
    return any(all(text in terms for text in group) for group in requirement)


def _below(place: Hit, after: Hit) -> bool:
    return (place.score, place.memory_id) < (after.score, after.memory_id)
