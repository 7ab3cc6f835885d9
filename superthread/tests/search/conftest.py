"""Fixtures of the tests of search."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from superthread.search.index.holders import Holders, holder_of
from superthread.search.index.packing import MOST_TIMES, UNUSUAL, code_of, count_of, ids_of
from superthread.search.index.pages import unpacked
from superthread.search.retrieval.lists import Snapshot
from superthread.search.retrieval.reading import lists_of


@pytest.fixture
def contents() -> Callable[..., list[str]]:
    """``contents(client, query, …)``: what the client finds, best first."""

    def ask(client: Any, query: str, **fields: Any) -> list[str]:
        answer = client.post("/superthread/search", json={"query": query, **fields})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["count"] == len(found["results"])
        return [result["content"] for result in found["results"]]

    return ask


@pytest.fixture
def index_of(db: None) -> Callable[[], dict[int, dict[str, Any]]]:
    """``index_of()``: all that the index holds, by memory, in words instead of ids.

    Compared with what a new index would hold, it must not depend on how it came about.
    """
    from superthread.models import SearchDocument, SearchTerm

    def read() -> dict[int, dict[str, Any]]:
        words = {one.id: one for one in SearchTerm.objects.all()}
        whole = {
            one.memory_id: {
                "length": one.length,
                "holder": holder_of(one.space),
                "noted": sorted(words[pk].text for pk in ids_of(bytes(one.terms))),
                "terms": {},
            }
            for one in SearchDocument.objects.all()
        }
        for pk, term, times, length, spelling in as_searched(words):
            usual = words[term].usual
            numbers = (times, length, usual if spelling is None else spelling)
            assert words[term].text not in whole[pk]["terms"]
            whole[pk]["terms"][words[term].text] = numbers
        return whole

    return read


def as_searched(terms: Iterable[int]) -> Iterator[tuple[int, int, int, int, int | None]]:
    """All that searches read: memory, term, frequency, length, and the spelling where it is not the
    usual one."""
    snapshot = Snapshot(Holders(), terms)
    for one in snapshot.read.documents:
        for term in terms:
            if found := count_of(code_of(term), one.terms, one.counts):
                yield one.memory_id, term, found.times, one.length, found.spelling
    for term in terms:
        for part in snapshot.parts.get(term, ()):
            members, gone = snapshot.members[part.segment], snapshot.masked[part.segment]
            segment = snapshot.read.segments[part.segment]
            listed = lists_of([segment], [term], whole=True)[segment.id][term]
            places, counts, spellings = unpacked(listed.data)

            following = iter(spellings)
            for place, count in zip(places, counts * (len(places) // len(counts)), strict=True):
                spelling = next(following) if count & UNUSUAL else None
                pk, length = members.ids[place], members.lengths[place]
                if pk not in gone:
                    yield pk, term, count & MOST_TIMES, length, spelling
