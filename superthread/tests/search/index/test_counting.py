"""Terms are counted while nobody waits for the writer, and only so many of a memory are indexed."""

import pytest

from memory_hub.accounts.principal import principal_of
from memory_hub.caching.invalidation import in_transaction
from superthread import limits
from superthread.models import SearchDocument, SearchTerm
from superthread.search.analysis import analyzer
from superthread.search.index import documents, reserving, vocabulary
from superthread.search.index.indexer import count_terms, prune_vocabulary
from superthread.services import revise, save
from superthread.store_terms import Draft

MEMORIES = "/superthread/memories"
WORDS = " ".join(f"word{number:05}" for number in range(3_000))
KEYED = pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}], ids=["", "keyed"])


@pytest.fixture
def counted(monkeypatch):
    """``counted``: for each text taken apart and each row made for the index, whether that was
    inside a transaction."""
    seen = []

    def watched(function):
        def call(*arguments):
            seen.append(in_transaction())
            return function(*arguments)

        return call

    monkeypatch.setattr(analyzer, "counted_terms", watched(analyzer.counted_terms))
    monkeypatch.setattr(documents, "Packing", watched(documents.Packing))
    monkeypatch.setattr(reserving, "_added", watched(reserving._added))
    monkeypatch.setattr(vocabulary, "ids_of", watched(vocabulary.ids_of))
    return seen


@KEYED
def test_a_long_save_is_counted_before_its_transaction(mina, counted, headers):
    answer = mina.post(MEMORIES, json={"content": WORDS}, headers=headers)
    assert answer.status_code == 201
    assert counted
    assert not any(counted)


@KEYED
def test_a_long_change_is_counted_before_its_transaction(mina, counted, headers):
    url = f"{MEMORIES}/{mina.save('Some other words. ' + WORDS)['doc_id']}"
    counted.clear()
    assert mina.patch(url, json={"content": WORDS + " new"}, headers=headers).status_code == 200
    assert counted
    assert not any(counted)


@KEYED
def test_a_restored_version_is_counted_before_its_transaction(mina, counted, headers):
    doc_id = mina.save(WORDS)["doc_id"]
    mina.patch(f"{MEMORIES}/{doc_id}", json={"content": WORDS + " new"})
    versions = f"/superthread/versions/{doc_id}"
    first = mina.get(versions).json()["versions"][-1]["version_id"]
    counted.clear()
    answer = mina.post(f"{versions}/restore/{first}", headers=headers)
    assert (answer.status_code, answer.json()["content"]) == (200, WORDS)
    assert counted
    assert not any(counted)


def test_a_long_change_that_is_refused_or_none_is_not_counted(mina, counted):
    url = f"{MEMORIES}/{mina.save(WORDS)['doc_id']}"
    counted.clear()
    assert mina.patch(url, json={"content": WORDS}).status_code == 200
    stale = mina.patch(url, json={"content": WORDS + " new"}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    assert not counted


def test_what_was_prepared_of_words_pruned_meanwhile_is_made_anew(mina, index_of):
    prepared = save.prepare([Draft(WORDS)], by=principal_of(mina.user, "command"))
    assert prune_vocabulary() == 6_001  # word00000, word, 00000, …
    save.store(prepared)
    ((_, indexed),) = index_of().items()
    assert indexed["noted"] == sorted(count_terms(WORDS).frequencies)


def test_what_was_prepared_is_made_anew_where_one_of_many_words_has_gone(mina, index_of):
    prepared = save.prepare([Draft(WORDS)], by=principal_of(mina.user, "command"))
    SearchTerm.objects.filter(text="word01500").delete()
    save.store(prepared)
    ((_, indexed),) = index_of().items()
    assert indexed["noted"] == sorted(count_terms(WORDS).frequencies)


def test_what_was_prepared_for_another_state_is_made_anew(mina, index_of):
    by, doc_id = principal_of(mina.user, "command"), mina.save("zebra " + WORDS)["doc_id"]
    last = {"content": "okapi " + WORDS}
    prepared = revise.prepare(doc_id=doc_id, changes=last, by=by)
    revise.revise(doc_id=doc_id, changes={"content": "giraffe " + WORDS}, by=by)
    assert revise.write(prepared, by=by)["revision"] == 3
    ((_, indexed),) = index_of().items()
    assert indexed["noted"] == sorted(count_terms(last["content"]).frequencies)


@pytest.fixture
def at_most_three(monkeypatch):
    """Three terms of a memory are indexed."""
    monkeypatch.setattr(limits, "TERMS", 3)


@pytest.mark.usefixtures("at_most_three")
def test_terms_beyond_the_bound_are_left_out_and_told(mina, contents):
    text = "zebra giraffe zebra okapi lion tiger lion"
    saved = mina.save(text)
    assert saved["terms_left_out"] == 2
    assert contents(mina, "okapi") == [text]
    assert contents(mina, "lion") == []
    asked = mina.post("/superthread/search", json={"query": "zebra", "explain": True}).json()
    assert asked["results"][0]["terms_left_out"] == 2
    url = f"{MEMORIES}/{saved['doc_id']}"
    assert "terms_left_out" not in mina.get(url).json()
    longer = mina.patch(url, json={"content": text + " gnu"}).json()
    assert longer["terms_left_out"] == 3
    assert "terms_left_out" not in mina.patch(url, json={"content": "gnu"}).json()
    assert contents(mina, "gnu") == ["gnu"]


@pytest.mark.usefixtures("at_most_three")
def test_a_batch_tells_of_each_memory_what_was_left_out(mina):
    body = {"memories": [{"content": "gnu"}, {"content": "zebra giraffe okapi lion"}]}
    first, second = mina.post("/superthread/batch/save", json=body).json()["results"]
    assert "terms_left_out" not in first
    assert second["terms_left_out"] == 1
    body = {"updates": [{"doc_id": first["doc_id"], "content": "a b c d e f g"}]}
    (changed,) = mina.post("/superthread/batch/update", json=body).json()["results"]
    assert changed["terms_left_out"] == SearchDocument.objects.get(left_out__gt=1).left_out


def test_the_bound_is_told_beforehand(mina):
    told = mina.get("/superthread/info").json()["limits"]
    assert told["indexed_terms"] == limits.TERMS == 32_768
