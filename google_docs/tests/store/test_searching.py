"""Searches where Google's index is behind, where a page is full and where a text is not read."""

from google_docs.models import RecentWrite
from google_docs.store import searching
from testing.google import Fault
from testing.google.answers import Refused


def _found(docs, **body) -> list[dict]:
    """The results of all pages."""
    results = []
    # So many requests at most, or it would go round and round.
    for _ in range(9):
        page = docs.post("search", json=body).json()
        results += page["results"]
        body["cursor"] = page["next_cursor"]
        if body["cursor"] is None:
            break
    return results


def test_a_memory_of_nothing_but_the_words_is_found_though_no_index_has_it(docs, double):
    double.world.list_lag = double.world.text_lag = 3600
    docs.save("new keys")
    docs.save("new")
    assert [one["content"] for one in _found(docs, query="New KEYS")] == ["new keys"]


def test_recent_writes_put_nothing_of_googles_page_out_of_a_search(docs, double):
    old = [docs.save(f"key number {n}")["doc_id"] for n in range(2)]
    # They are of long ago, and the others of now.
    RecentWrite.objects.all().delete()
    double.world.clock.advance(100)
    double.world.text_lag = 60
    new = [docs.save(f"key number {n}")["doc_id"] for n in range(2, 4)]
    found = [one["doc_id"] for one in _found(docs, query="key", limit=2)]
    assert sorted(found) == sorted(old + new)


def test_what_cannot_be_read_says_so_on_a_full_page_too(docs, double, monkeypatch):
    # Whichever comes first: behind two notes there is no room.
    monkeypatch.setattr(searching, "PAGE_BYTES", 25)
    first, *readable, last = [docs.save(f"key number {n}")["doc_id"] for n in range(5)]
    genuine, fault = double.api.documents_get, Fault.docs(403, "PERMISSION_DENIED")

    def refusing(call):
        if call.params["documentId"] in (first, last):
            raise Refused(fault.status, fault.body)
        return genuine(call)

    double.api.documents_get = refusing
    found = {one["doc_id"]: one for one in _found(docs, query="key")}
    assert [found[doc_id]["content"] for doc_id in readable].count(None) == 1
    assert {found[doc_id]["score"] for doc_id in (first, last)} == {0.0}
    told = {found[doc_id]["unreadable"]["code"] for doc_id in (first, last)}
    assert len(told) == 1
    assert told != {"answer-full"}
