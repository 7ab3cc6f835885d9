"""Fixtures of the tests of search."""

from collections.abc import Callable
from typing import Any

import pytest

from superthread.search.index.packing import unpack


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
    from superthread.models import SearchDocument, SearchPosting, SearchTerm

    def read() -> dict[int, dict[str, Any]]:
        words = dict(SearchTerm.objects.values_list("id", "text"))
        whole = {
            document.memory_id: {"length": document.length, "holder": document.holder, "terms": {}}
            | {"noted": sorted(words[term_id] for term_id in unpack(document.term_ids))}
            for document in SearchDocument.objects.all()
        }
        for posting in SearchPosting.objects.all():
            terms = whole[posting.memory_id]["terms"]
            numbers = (posting.frequency, posting.length, posting.holder, posting.spellings)
            terms[words[posting.term_id]] = numbers
        return whole

    return read
