"""Ranked reading: what the caller may read that answers a query, best first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from orjson import Fragment

from memory_hub.accounts.principal import Principal
from memory_hub.errors import BadInput
from superthread import bounded
from superthread.cursor import decode, encode
from superthread.representation import Row
from superthread.search import fuzzy
from superthread.search.highlight import Highlighter
from superthread.search.query import (
    BadQuery,
    Query,
    Requirement,
    exclusion,
    parse,
    phrase_pattern,
    phrase_requirements,
    plain,
)
from superthread.search.ranking import (
    Collection,
    Place,
    Ranking,
    Term,
    affordable,
    containing,
    look_up,
)
from superthread.search.reach import Everything, Reach
from superthread.search.spelling import respelled, visible_texts

COMPOUND_WEIGHT = fuzzy.WEIGHT  # of "timezone" where "time zone" was typed
# Where a phrase has to be looked for in the text itself: memories ranked at a time, and of these
# read at a time, 100 MiB at worst.
FIRST_CHUNK, LARGEST_CHUNK, READ_AT_ONCE = 100, 3_200, 100
TIE = "Of equal scores the memory made later comes first."


@dataclass(frozen=True)
class Found:
    """A memory with its score, the piece to show, and why, where that was asked."""

    row: Row
    score: float
    highlight: str
    contributions: dict[str, float] | None = None


@dataclass(frozen=True)
class Page:
    """Results as JSON, the cursor of the next ones, and how the query was understood."""

    results: list[Fragment]
    next_cursor: str | None
    explanation: dict[str, Any] | None = None


def search(
    *,
    query: str,
    by: Principal,
    scope: str = "all",
    team_key: str | None = None,
    category: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
    explain: bool = False,
    show: Callable[[Found], Any],
) -> Page:
    """What `show` makes of up to `limit` memories, fewer where they are long.

    Raises BadInput for a query that asks nothing or a foreign cursor, and Spent. The cursor holds
    the frequencies that the first page was ranked with, so that writes meanwhile move no memory
    that did not change itself.
    """
    try:
        parsed = parse(query)
    except BadQuery as error:
        raise BadInput.at("/query", error.code, str(error)) from error
    reach = Reach(by, scope, team_key, category)
    fingerprint = "|".join(("search", query, scope, team_key or "", category or ""))
    asked = _Asked(parsed, reach, _Mark.read(cursor, fingerprint) if cursor else None)
    places = asked.places(limit + 1)
    results, last = _shown(places[:limit], asked, reach, explain, show)
    if last is None and len(places) > limit:
        last = places[limit - 1]
    following = asked.mark_after(last).written(fingerprint) if last else None
    return Page(results, following, asked.explanation() if explain else None)


def ranked_ids(query: str, count: int) -> list[int]:
    """For operators: ids of the best memories, whoever's they are, the trash included.

    Raises BadQuery.
    """
    asked = _Asked(parse(query), Everything(), None)
    return [place.memory_id for place in asked.places(count)]


@dataclass(frozen=True)
class _Mark:
    """What a cursor holds: the last place, and the numbers the ranking was made with."""

    place: Place
    collection: Collection
    documents: dict[int, int]  # frequency by term id

    @classmethod
    def read(cls, cursor: str, fingerprint: str) -> "_Mark":
        score, memory_id, documents, length, *pairs = decode(cursor, fingerprint, "/cursor")
        frequencies = dict(zip(pairs[::2], pairs[1::2], strict=False))
        return cls(Place(score, memory_id), Collection(documents, length), frequencies)

    def written(self, fingerprint: str) -> str:
        pairs = [number for pair in self.documents.items() for number in pair]
        place, collection = self.place, self.collection
        head = [place.score, place.memory_id, collection.documents, collection.length]
        return encode(fingerprint, head + pairs)


class _Asked:
    """One query on its way through the index."""

    def __init__(self, query: Query, reach: Reach | Everything, mark: _Mark | None) -> None:
        self.query, self.reach, self.mark = query, reach, mark

    @cached_property
    def reachable(self) -> tuple[str, list[Any]]:
        return self.reach.condition()

    @cached_property
    def condition(self) -> tuple[str, list[Any]]:
        """What may be found: visible, filtered, with the phrases' words, without the unwanted."""
        sql, params = self.reachable
        clauses = [("", requirement) for requirement in self._required]
        clauses += [("NOT ", requirement) for requirement in self._unwanted_words.values()]
        for negation, requirement in clauses:
            more, values = containing(requirement)
            sql, params = f"{sql} AND {negation}{more}", [*params, *values]
        return sql, params

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms that decide, from the rarest."""
        typed = look_up(self.query.terms)
        found = [*typed, *self._compounds(typed)]
        found += respelled(self.query.terms, typed, *self.reachable)
        if self.mark:
            pinned = self.mark.documents
            found = [replace(one, documents=pinned[one.id]) for one in found if one.id in pinned]
        required = {term for first, *_ in self._required for term in first}
        return affordable(found, required)

    @cached_property
    def ranking(self) -> Ranking:
        collection = self.mark.collection if self.mark else Collection.now()
        return Ranking(self.terms, collection, *self.condition)

    def places(self, count: int) -> list[Place]:
        """The next `count` places in the list."""
        after = self.mark.place if self.mark else None
        if not self._patterns:
            return self.ranking.top(count, after)
        found: list[Place] = []
        for chunk in self._chunks(after):
            for start in range(0, len(chunk), READ_AT_ONCE):
                found += self._matching(chunk[start : start + READ_AT_ONCE])
                if len(found) >= count:
                    return found[:count]
        return found

    def mark_after(self, place: Place) -> _Mark:
        frequencies = {term.id: term.documents for term in self.terms}
        return _Mark(place, self.ranking.collection, frequencies)

    def weights(self) -> dict[str, float]:
        """The words to mark, by how much they say."""
        return {term.text: self.ranking.collection.idf(term) for term in self.terms}

    def explanation(self) -> dict[str, Any]:
        """How the query was understood; words that the caller can find nowhere are left out."""
        visible = visible_texts(self.terms, *self.reachable)
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
            "excluded": [plain(unwanted) for unwanted in self.query.unwanted],
            "tie": TIE,
        }

    def _compounds(self, typed: Sequence[Term]) -> list[Term]:
        joined = [text for text in self.query.compounds if text not in self.query.terms]
        return [
            Term(term.id, term.text, term.documents, COMPOUND_WEIGHT, "compound")
            for term in look_up(joined)
        ]

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
    def _patterns(self) -> list[tuple[Any, bool]]:
        """What only the text itself decides: phrases, and exclusions without index terms."""
        unwanted = [text for text in self.query.unwanted if text not in self._unwanted_words]
        return [
            *((phrase_pattern(phrase), True) for phrase in self.query.phrases),
            *((phrase_pattern(phrase), False) for phrase in unwanted),
        ]

    def _chunks(self, after: Place | None) -> Iterator[list[Place]]:
        size = FIRST_CHUNK
        while chunk := self._candidates(size, after):
            yield chunk
            after, size = chunk[-1], min(size * 4, LARGEST_CHUNK)

    def _candidates(self, count: int, after: Place | None) -> list[Place]:
        if self.query.terms or not self.query.phrases:
            return self.ranking.top(count, after)
        # Phrases of stop words or signs only: nothing in the index leads to them.
        longest_words = [max(phrase.split(), key=len) for phrase in self.query.phrases]
        below = after.memory_id if after else None
        return [Place(0, pk) for pk in self.reach.containing(longest_words, below, count)]

    def _matching(self, places: list[Place]) -> list[Place]:
        ids = [place.memory_id for place in places]
        contents = self.reach.contents(ids)
        fitting = {pk for pk, content in contents.items() if self._fits(plain(content))}
        return [place for place in places if place.memory_id in fitting]

    def _fits(self, text: str) -> bool:
        return all(
            (pattern.search(text) is not None) is wanted for pattern, wanted in self._patterns
        )


def _shown(
    places: list[Place],
    asked: _Asked,
    reach: Reach,
    explain: bool,
    show: Callable[[Found], Any],
) -> tuple[list[Fragment], Place | None]:
    """The memories in order, and the last place where not all had room; one that went in the
    meantime is left out."""
    ids = [place.memory_id for place in places]
    by_id, scored = reach.rows(ids), {place.memory_id: place for place in places}
    highlight = Highlighter(asked.weights())
    parts = asked.ranking.contributions(ids) if explain and ids else {}

    def found(row: Row) -> Found:
        return Found(
            row=row,
            score=scored[row["id"]].score / 1_000_000,
            highlight=highlight(row["content"]),
            contributions=parts.get(row["id"]) if explain else None,
        )

    items, last = bounded.part(
        (by_id[pk] for pk in ids if pk in by_id),
        whole=reach.whole,
        show=lambda row: show(found(row)),
        limit=len(ids),
    )
    return items, scored[last["id"]] if last else None
