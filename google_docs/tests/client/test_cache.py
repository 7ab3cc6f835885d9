"""What is remembered of Google, and what ends it."""

import asyncio

import pytest

from google_docs import backend
from google_docs.client import answer_cache as caching
from memory_hub.caching import generations, registry
from testing.google import Fault


@pytest.fixture
def saved(docs):
    """Read once, so that the changes of the account are followed from here on."""
    memory = docs.save("first")
    docs.read(memory["doc_id"])
    return memory


def _asked(double, method: str = "docs.documents.get") -> int:
    return double.seen.count(method)


def test_a_second_read_asks_nothing_of_google(docs, double, saved):
    docs.read(saved["doc_id"])
    before = len(double.seen)
    assert docs.read(saved["doc_id"])["content"] == "first"
    assert len(double.seen) == before


def test_a_second_list_with_contents_reads_no_document(docs, double, saved):
    docs.save("second")
    query = {"include": "content"}
    first = docs.get("memories", params=query).json()["memories"]
    before = _asked(double)
    assert docs.get("memories", params=query).json()["memories"] == first
    assert [memory["content"] for memory in first] == ["second", "first"]
    assert _asked(double) == before


def test_our_own_write_is_read_at_once(docs, saved):
    docs.read(saved["doc_id"])
    docs.patch(f"memories/{saved['doc_id']}", json={"content": "second"})
    assert docs.read(saved["doc_id"])["content"] == "second"


def test_a_write_that_google_did_not_answer_is_read_at_once(docs, double, saved):
    docs.read(saved["doc_id"])
    double.faults.add("drive.files.update", Fault("rst", "after"), times=20)
    changed = docs.patch(f"memories/{saved['doc_id']}", json={"category": "later"})
    assert changed.status_code == 502
    assert docs.read(saved["doc_id"])["category"] == "later"


def test_a_write_of_another_worker_is_read_at_once(docs, double, saved):
    """The other worker bumps the document's generation; this one's memory is older than that."""
    docs.read(saved["doc_id"])
    double.world.edit_as_human(saved["doc_id"], "second")
    generations.current().bump(f"google_docs:{saved['doc_id']}")
    assert docs.read(saved["doc_id"])["content"] == "second"


def test_an_edit_in_googles_editor_is_seen_with_the_next_look_at_the_changes(
    docs, double, saved, monkeypatch
):
    other = docs.save("other")
    monkeypatch.setattr(caching, "POLL_EVERY", 0.0)
    # The first look at the changes still tells of the save.
    for _ in range(2):
        docs.read(saved["doc_id"])
        docs.read(other["doc_id"])
    double.world.edit_as_human(saved["doc_id"], "typed by hand")
    before = _asked(double)
    assert docs.read(saved["doc_id"])["content"] == "typed by hand"
    assert docs.read(saved["doc_id"])["edited_in_google"] is True
    assert docs.read(other["doc_id"])["content"] == "other"
    # Only the one that changed was read anew.
    assert _asked(double) == before + 1


def test_what_was_read_before_the_changes_were_followed_anew_is_not_taken(docs, double, saved):
    other = docs.save("other")
    docs.read(saved["doc_id"])
    double.world.edit_as_human(saved["doc_id"], "typed by hand")
    backend._backend.documents._watches.clear()
    docs.read(other["doc_id"])  # they are followed from here on
    assert docs.read(saved["doc_id"])["content"] == "typed by hand"


def test_without_word_of_changes_nothing_is_taken_from_memory(docs, double, saved, monkeypatch):
    docs.read(saved["doc_id"])
    double.world.edit_as_human(saved["doc_id"], "typed by hand")
    monkeypatch.setattr(caching, "POLL_EVERY", 0.0)
    double.faults.add("drive.changes.list", Fault.drive(403, "insufficientFilePermissions"))
    assert docs.read(saved["doc_id"])["content"] == "typed by hand"


def test_what_is_remembered_opens_nothing_to_others(docs, saved, api):
    docs.read(saved["doc_id"])
    other = api("eve@example.com")
    assert other.get(f"/google-docs/memories/{saved['doc_id']}").status_code == 404


def test_statistics_are_counted_once_a_minute(docs, double, saved):
    first = docs.get("stats").json()
    docs.save("another")
    assert docs.get("stats").json() == first


def test_the_caches_are_emptied_with_those_of_the_hub(docs, double, saved):
    docs.read(saved["doc_id"])
    generations.current().bump_all()
    before = _asked(double)
    docs.read(saved["doc_id"])
    assert _asked(double) == before + 1


def test_the_hubs_statistics_show_them(docs, saved):
    docs.read(saved["doc_id"])
    names = {row["name"] for row in registry.describe()}
    assert {"google_docs_documents", "google_docs_health", "google_docs_statistics"} <= names


def test_what_many_ask_at_once_is_asked_of_google_once(run):
    cache, asked = caching.counted("asked_at_once", 60), []

    async def ask() -> int:
        asked.append(1)
        await asyncio.sleep(0)
        return len(asked)

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(caching.kept(cache, "key", ask) for _ in range(5)))

    assert (run(all_at_once()), len(asked)) == ([1] * 5, 1)
    assert (run(all_at_once()), len(asked)) == ([1] * 5, 1)


def test_an_error_is_kept_for_nobody(run):
    cache, answers = caching.counted("asked_again", 60), iter((RuntimeError(), "an answer"))

    async def ask() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(RuntimeError):
        run(caching.kept(cache, "key", ask))
    assert run(caching.kept(cache, "key", ask)) == "an answer"
