"""The postings of a query's terms within the caller's reach, and what is counted over them."""

from collections.abc import Callable, Iterable, Sequence, Set
from functools import cached_property
from typing import TypeVar

from django.db import connection

from memory_hub.database.dialect import unnested
from superthread.search.index.documents import weighed_length
from superthread.search.index.holders import Holders
from superthread.search.index.packing import code_of
from superthread.search.index.pages import Members
from superthread.search.index.segments import Changed, members_of, pages_by_key
from superthread.search.index.vocabulary import id_in, known
from superthread.search.renewal.former import shown_documents
from superthread.search.retrieval.postings import (
    FEW_SEGMENTS,
    Postings,
    SegmentPostings,
    postings_of,
    read_long,
)
from superthread.search.retrieval.reading import Doc, Read, read

T = TypeVar("T")
# Looks at an index that is folded at the same time: more than ever come in a row.
TRIES = 10
# Postings up to which what is gone is counted in long lists too, and not about.
EXACTLY = 50_000


class Lists:
    """All terms that were asked for, as of one moment; further ones make all of them read anew."""

    def __init__(self, holders: Holders) -> None:
        self.holders = holders
        self._words: dict[str, int] = {}
        self._asked: set[str] = set()
        self._terms: set[int] = set()
        self._snapshot: Snapshot | None = None

    def expect(self, texts: Iterable[str]) -> None:
        """These are going to be asked for: they are read together."""
        self.of(map(id_in, self.words(texts).values()))

    def words(self, texts: Iterable[str]) -> dict[str, int]:
        """The words of the vocabulary among the texts."""
        wanted = dict.fromkeys(texts)
        if new := wanted.keys() - self._asked:
            self._words |= known(new)
            self._asked |= new
        return {text: self._words[text] for text in wanted if text in self._words}

    def of(self, terms: Iterable[int]) -> "Snapshot":
        """What there is of these terms at least."""
        wanted = self._terms.union(terms)
        if self._snapshot is None or wanted != self._terms:
            self._terms = wanted
            self._snapshot = steady(lambda: Snapshot(self.holders, wanted))
        return self._snapshot

    def steadily(self, terms: Iterable[int], act: Callable[["Snapshot"], T]) -> T:
        """What it makes of them; again with what there is by then where they were folded."""

        def once() -> T:
            try:
                return act(self.of(terms))
            except Changed:
                self._snapshot = None
                raise

        return steady(once)


def steady(act: Callable[[], T]) -> T:
    """Calls it again where segments went meanwhile."""
    for _ in range(TRIES):
        try:
            return act()
        except Changed:
            continue
    return act()


class Snapshot:
    """What was read of some terms. Raises Changed where segments have gone since."""

    def __init__(self, holders: Holders, terms: Iterable[int]) -> None:
        self.holders = holders
        ordered = sorted(terms)
        self.read: Read = read(ordered, holders)
        self.parts = postings_of(self.read.segments, ordered)
        needed = self._needed()
        found = members_of([self.read.segments[place] for place in needed])
        self.members: dict[int, Members] = dict(zip(needed, found, strict=True))
        self.masked = [self._masked(place) for place in range(len(self.read.segments))]
        self._counted: dict[int, int] = {}
        # Long lists that were read by themselves, by their pages' keys.
        self._long: dict[int, Postings] = {}
        if len(self.read.segments) <= FEW_SEGMENTS:
            # Those that searches of more segments have kept without them.
            self.fetch((term, part) for term, parts in self.parts.items() for part in parts)

    @classmethod
    def of_memories(cls, ids: Sequence[int], holders: Holders) -> "Snapshot":
        """What these memories' documents tell, wherever they are."""
        made = cls.__new__(cls)
        documents = [
            Doc(pk, weighed_length(one.length), one.terms, one.counts, one.space)
            for pk, one in shown_documents(ids).items()
        ]
        made.holders, made.masked, made.members, made.parts = holders, [], {}, {}
        made.read = Read([], {}, len(documents), documents, [])
        made._counted, made._long = {}, {}
        return made

    def _needed(self) -> list[int]:
        """The segments whose memories are to be known."""
        of_terms = {part.segment for parts in self.parts.values() for part in parts}
        outdated = self.read.outdated
        return sorted(
            place
            for place, one in enumerate(self.read.segments)
            if place in of_terms or one.may_have(outdated.get(one.space, ()))
        )

    def _masked(self, place: int) -> set[int]:
        """The memories of a segment that do not count any more; their places, which only count,
        where its memories need not be known."""
        segment, members = self.read.segments[place], self.members.get(place)
        if members is None:
            return set(segment.gone)
        gone = {members.ids[one] for one in segment.gone}
        if ids := self.read.outdated.get(segment.space):
            gone |= {members.ids[one] for one in segment.places_of(ids, members)}
        return gone

    @cached_property
    def total(self) -> int:
        """How many memories there are in the caller's spaces."""
        segments = zip(self.read.segments, self.masked, strict=True)
        return self.read.fresh + sum(one.memories - len(gone) for one, gone in segments)

    def documents(self, term: int) -> int:
        """In how many memories of the caller's spaces the term stands; of a frequent one in a large
        hub about."""
        if term not in self._counted:
            self._counted[term] = self._count(term)
        return self._counted[term]

    def postings(self, term: int) -> int:
        """The same with memories that were granted."""
        code = code_of(term)
        return self.documents(term) + sum(code in one.terms for one in self.read.granted)

    def _count(self, term: int) -> int:
        if self.holders.part is not None:
            return len(self._in_part(self._ids_in_spaces(term)))
        code = code_of(term)
        parts = self.parts.get(term, ())
        many = sum(part.postings.many for part in parts)
        # In long lists of more it is taken to be gone as often as any memory of their segments,
        # whether they were read or not.
        is_exact = many <= EXACTLY and len(self.read.segments) <= FEW_SEGMENTS
        for part in parts:
            gone = self.masked[part.segment]
            if gone and (is_exact or part.postings.key is None):
                many -= len(gone.intersection(self.whole(term, part).ids))
            elif gone:
                memories = self.read.segments[part.segment].memories
                many -= part.postings.many * len(gone) // memories
        return many + sum(code in one.terms for one in self.read.documents)

    def listed(self, term: int, part: SegmentPostings) -> Postings:
        """The list of a part, of what counts."""
        whole, gone = self.whole(term, part), self.masked[part.segment]
        return whole.without(gone) if gone else whole

    def whole(self, term: int, part: SegmentPostings) -> Postings:
        """The same with what does not count any more."""
        postings = part.postings
        if not postings.is_read:
            self.fetch([(term, part)])
            postings = self._long[postings.key or 0]
        return postings.opened(self.members[part.segment])

    def fetch(self, parts: Iterable[tuple[int, SegmentPostings]]) -> None:
        """Reads the lists of terms that parts have not got yet, all of them at once."""
        wanted = {
            one.postings.key: (term, one)
            for term, one in parts
            if one.postings.key and not one.postings.is_read and one.postings.key not in self._long
        }
        pages = pages_by_key([*wanted]) if wanted else {}
        for key, (term, one) in wanted.items():
            segment = self.read.segments[one.segment]
            self._long[key] = read_long(segment, term, one.postings, pages[key])

    def _ids_in_spaces(self, term: int) -> list[int]:
        code = code_of(term)
        found = [one.memory_id for one in self.read.documents if code in one.terms]
        parts = self.parts.get(term, [])
        self.fetch((term, part) for part in parts)
        for part in parts:
            found += self.listed(term, part).ids
        return found

    def _in_part(self, ids: Sequence[int]) -> set[int]:
        """Those that the caller's token is for."""
        sql, params = self.holders.part or ("1 = 1", ())
        listed, values = unnested(ids, "int")
        with connection.cursor() as cursor:
            cursor.execute(
                _IN_PART.format(listed=listed, part=sql),
                [*values, *params],
            )
            return {pk for (pk,) in cursor.fetchall()}

    def has(self, term: int, ids: Set[int]) -> bool:
        """Whether one of the memories has the term."""
        if not ids:
            return False
        code = code_of(term)
        documents = (*self.read.documents, *self.read.granted)
        if any(one.memory_id in ids and code in one.terms for one in documents):
            return True
        for part in self.parts.get(term, ()):
            gone = self.masked[part.segment]
            here = ids - gone if gone else ids
            segment, members = self.read.segments[part.segment], self.members[part.segment]
            # Of others the list is not even read.
            if not segment.places_of(here, members):
                continue
            if not here.isdisjoint(self.whole(term, part).ids):
                return True
        return False

    def newest(self, term: int, count: int) -> list[int]:
        """The memories made last that have the term, those in reach by grants among them."""
        code = code_of(term)
        documents = (*self.read.documents, *self.read.granted)
        found = [one.memory_id for one in documents if code in one.terms]
        parts = self.parts.get(term, [])
        in_order = sorted(parts, key=lambda part: -self.read.segments[part.segment].last)
        behind = 0
        for part in in_order:
            if behind >= count and self.read.segments[part.segment].last < min(found):
                break
            found += self.listed(term, part).ids
            found = sorted(found, reverse=True)[:count]
            behind = len(found)
        return sorted(found, reverse=True)[:count]


_IN_PART = "WITH hit (memory_id) AS ({listed}) SELECT memory_id FROM hit WHERE {part}"
