"""What takes long takes many short transactions: purging, housekeeping, imports, reindexing."""

from datetime import timedelta

import orjson
import pytest
from django.core.management import call_command
from django.utils import timezone

from memory_hub.accounts.principal import principal_of
from memory_hub.caching.invalidation import in_transaction
from memory_hub.core import deadline
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, SearchDocument, Version
from superthread.search.analysis import analyzer
from superthread.search.index import pruning
from superthread.services import lifecycle, operators, save
from superthread.services.steps import parts
from superthread.services.upkeep import reindexing, rewriting
from superthread.store_terms import Draft

MEMORIES = "/superthread/memories"


@pytest.fixture
def counted(monkeypatch):
    """``counted``: for each text whose terms were taken, whether that was inside a transaction."""
    seen, terms = [], analyzer.counted_terms

    def watched(text):
        seen.append(in_transaction())
        return terms(text)

    monkeypatch.setattr(analyzer, "counted_terms", watched)
    return seen


@pytest.fixture
def sizes(monkeypatch):
    """``sizes(module, name)``: the list of how many items each call of the function was given."""

    def watch(module, name):
        function, seen = getattr(module, name), []

        def call(items, *arguments, **options):
            seen.append(len(items))
            return function(items, *arguments, **options)

        monkeypatch.setattr(module, name, call)
        return seen

    return watch


@pytest.fixture
def long_history(mina, monkeypatch):
    """A memory with twenty versions of ten bytes and one of four, where ten are a part's."""
    memory = mina.save("0123456789")
    for number in range(19):
        mina.patch(f"{MEMORIES}/{memory['doc_id']}", json={"metadata": {"n": number}})
    mina.patch(f"{MEMORIES}/{memory['doc_id']}", json={"content": "last"})
    monkeypatch.setattr(lifecycle, "PURGED_BYTES", 100)
    return memory


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}], ids=["", "keyed"])
def test_a_long_history_is_purged_in_parts_after_it_is_out_of_reach(
    mina, long_history, monkeypatch, headers
):
    url, purge = f"{MEMORIES}/{long_history['doc_id']}", lifecycle._purge_history
    left = []

    def watched(due, memory_id, by):
        left.append(Version.objects.count())
        assert due.filter(pk=memory_id).exists()
        purge(due, memory_id, by)
        left.append(Version.objects.count())

    monkeypatch.setattr(lifecycle, "_purge_history", watched)
    assert mina.delete(f"{url}?permanent=true", headers=headers).status_code == 204
    assert left == [21, 0]
    assert not Memory.objects.exists()
    assert not SearchDocument.objects.exists()


def test_many_versions_of_short_texts_are_purged_at_once(mina, long_history, monkeypatch):
    monkeypatch.setattr(lifecycle, "PURGED_BYTES", 2**20)
    monkeypatch.setattr(lifecycle, "_purge_in_parts", None)
    url = f"{MEMORIES}/{long_history['doc_id']}"
    assert mina.delete(f"{url}?permanent=true").status_code == 204
    assert not Version.objects.exists()


def test_what_a_cut_off_purge_left_is_out_of_reach_and_goes_with_what_is_due(
    mina, long_history, monkeypatch
):
    url = f"{MEMORIES}/{long_history['doc_id']}"
    with monkeypatch.context() as patch:
        patch.setattr(lifecycle, "_purge_in_parts", lambda due, ids, by: None)
        assert mina.delete(f"{url}?permanent=true").status_code == 204
    assert Version.objects.count() == 21
    assert mina.get(url).status_code == 404
    assert mina.get("/superthread/trash").json()["memories"] == []
    assert mina.post(f"{url}/undelete").status_code == 404
    assert mina.delete(f"{url}?permanent=true").status_code == 404
    call_command("purge_expired")
    assert not Version.objects.exists()
    assert not Memory.objects.exists()


def test_a_memory_that_is_undeleted_meanwhile_keeps_its_history(mina, long_history):
    ids = list(Memory.objects.values_list("pk", flat=True))
    assert lifecycle._purge_in_parts(lifecycle._due(timezone.now()), ids, OPERATOR) == 0
    assert Version.objects.count() == 21


def test_what_is_due_goes_in_parts_of_bounded_size(mina, monkeypatch, sizes):
    for number in range(5):
        mina.delete(f"{MEMORIES}/{mina.save(f'note {number}')['doc_id']}")
    long_ago = timezone.now() - timedelta(days=30)
    Memory.objects.update(deleted_at=long_ago)
    monkeypatch.setattr(lifecycle, "PURGED_BYTES", 12)
    purged = sizes(lifecycle, "purge_all")
    assert lifecycle.purge_due(by=OPERATOR) == 5
    assert purged == [2, 2, 1]


def test_words_without_a_memory_are_pruned_some_at_a_time(mina, monkeypatch, sizes):
    save.prepare([Draft(" ".join(f"w{n:04}" for n in range(3_000)))], by=_operator(mina))
    mina.save("zebra")
    monkeypatch.setattr(pruning, "AT_ONCE", 2_000)
    pruned = sizes(pruning, "_delete_unused")
    call_command("purge_expired")
    assert max(pruned) <= 2_000
    assert sum(pruned) == 6_000
    assert mina.post("/superthread/search", json={"query": "zebra"}).json()["count"] == 1


@pytest.mark.parametrize("scan", ["off", "flag"])
@pytest.mark.parametrize("length", [10, 2_000, 9_000])
def test_a_change_counts_before_its_transaction(mina, counted, settings, length, scan):
    settings.HUB_SCAN = scan
    memory = mina.save("before", scope="public")
    counted.clear()
    changed = mina.patch(f"{MEMORIES}/{memory['doc_id']}", json={"content": "word " * length})
    assert changed.status_code == 200
    assert counted == [False]


def test_reindexing_counts_before_its_transactions(mina, counted, monkeypatch):
    for number in range(3):
        mina.save(f"zebra number {number}")
    counted.clear()
    # Two times three terms, as many before, and rows.
    monkeypatch.setattr(parts, "TERMS", 45)
    steps = [count for count in reindexing.reindex(everything=True, by=OPERATOR) if count]
    assert steps == [2, 1]
    assert not any(counted)


def test_what_is_changed_while_it_is_reindexed_is_read_again(mina, monkeypatch):
    memory = mina.save("zebra")
    read, revisions = rewriting.read, [7, 8, 9]

    def overtaken(ids):
        found = read(ids)
        if revisions:
            Memory.objects.update(revision=revisions.pop(0))
        return found

    monkeypatch.setattr(rewriting, "read", overtaken)
    assert sum(reindexing.reindex(everything=True, by=OPERATOR)) == 1
    assert not revisions
    assert mina.get(f"{MEMORIES}/{memory['doc_id']}").json()["revision"] == 9


def test_an_import_counts_before_its_transactions_and_only_what_is_new(
    run, tmp_path, counted, sizes, monkeypatch
):
    monkeypatch.setattr(parts, "BYTES", 2 * len("note number 0"))
    stored = sizes(save, "prepare")
    path = tmp_path / "notes.jsonl"

    def lines(*texts):
        path.write_bytes(
            b"\n".join(
                orjson.dumps({"content": text, "source": f"{number}"})
                for number, text in enumerate(texts)
            )
        )

    lines(*(f"note number {number}" for number in range(5)))
    assert run(path)[0]["saved"] == 5
    assert stored == [2, 2, 1]
    assert counted == [False] * 5
    counted.clear()
    lines("note number 0", "another text")
    assert run(path)[0] == {"saved": 0, "changed": 1, "unchanged": 1, "skipped": 0, "failed": 0}
    assert counted == [False]


def test_operators_move_long_memories_some_at_a_time(mina, monkeypatch, sizes):
    ids = [Memory.objects.get(doc_id=mina.save(f"note {n}")["doc_id"]).pk for n in range(5)]
    monkeypatch.setattr(parts, "BYTES", 12)
    trashed, undeleted = sizes(lifecycle, "trash_all"), sizes(lifecycle, "undelete_all")
    assert operators.trash(ids, by=_operator(mina)) == 5
    assert operators.undelete(ids, by=_operator(mina)) == 5
    assert trashed == undeleted == [2, 2, 1]


def test_a_batch_that_was_given_up_stops_and_tells_its_results(mina, monkeypatch):
    notes = [{"content": f"note number {number}"} for number in range(6)]
    monkeypatch.setattr(parts, "BYTES", 2 * len(notes[0]["content"]))
    store = save.store_all

    def late(prepared):
        stored = store(prepared)
        deadline.current.get().end()
        return stored

    store_then = [store, late]
    monkeypatch.setattr(save, "store_all", lambda prepared: store_then.pop(0)(prepared))
    answer = mina.post("/superthread/batch/save", json={"memories": notes})
    assert (answer.status_code, answer.json()["code"]) == (503, "outcome-unknown")
    assert [result["index"] for result in answer.json()["results"]] == [0, 1, 2, 3]
    assert Memory.objects.count() == 4


def _operator(client):
    return principal_of(client.user, "command")
