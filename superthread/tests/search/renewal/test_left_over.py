"""What a reindex keeps beside an index leaves no trace of what was deleted for good, holds nobody
up, and begins with nothing that is fresh."""

import pytest

from superthread.models import Memory, SearchFormer, SearchFresh, SearchTerm
from superthread.search.index import folding, pruning
from superthread.search.renewal import beside, state
from superthread.services import erasing
from superthread.tests.search.index.folded import MEMORIES, fold, found, texts
from superthread.tests.search.renewal.renewed import assert_nothing_is_left, begun, ids_of


@pytest.fixture
def hub(mina, older_analyzer, small_steps, monkeypatch):
    """Eleven memories of Mina's, indexed by an older analyzer, and on SQLite a file that a test
    must not rewrite."""
    monkeypatch.setattr(erasing, "_file_cleared", lambda: True)
    ids = [mina.save(f"{text} only{number}x")["doc_id"] for number, text in enumerate(texts(11))]
    older_analyzer()
    fold()
    return mina, ids


def words_of(number):
    return SearchTerm.objects.filter(text__contains=f"only{number}x")


@pytest.mark.parametrize("much", [8_192, 1], ids=["", "with many more"])
@pytest.mark.parametrize("is_killed", [False, True], ids=["amid", "killed"])
def test_what_is_deleted_for_good_amid_a_reindex_leaves_no_trace(
    hub, monkeypatch, unfolded, is_killed, much
):
    mina, ids = hub
    monkeypatch.setattr(pruning, "LOOKED_AT_AGAIN", much)
    run = begun()
    for _ in range(4):
        next(run)
    pk = Memory.objects.get(doc_id=ids[1]).pk
    assert SearchFormer.objects.filter(pk=pk).exists()
    assert words_of(1).exists()
    assert mina.delete(f"{MEMORIES}/{ids[1]}?permanent=true").status_code == 204
    if is_killed:
        run.close()
    erasing.erase_traces()
    assert not SearchFormer.objects.filter(pk=pk).exists()
    assert not words_of(1).exists()
    assert words_of(2).exists()
    assert len(ids_of(mina, "zeb")) == 10
    sum(begun() if is_killed else run)
    assert len(ids_of(mina, "zebra")) == 10
    assert_nothing_is_left()


def test_words_of_documents_that_are_written_meanwhile_are_not_pruned(hub, monkeypatch):
    mina = hub[0]
    run = begun()
    next(run)
    look = pruning._unused

    def overtaken():
        unused = look()
        next(run)
        return unused

    monkeypatch.setattr(pruning, "_unused", overtaken)
    pruning.prune()
    sum(run)
    assert len(ids_of(mina, "zebra")) == 11
    assert all(words_of(number).exists() for number in range(11))


def test_the_new_segments_are_told_some_at_a_time_of_what_was_folded_meanwhile(hub, monkeypatch):
    mina, ids = hub
    monkeypatch.setattr(beside, "FEW", 1)
    monkeypatch.setattr(beside, "TOLD_AT_ONCE", 1)
    told = []
    run_statements = beside.run
    monkeypatch.setattr(
        beside, "run", lambda some: (told.append(len(some)), run_statements(some))[1]
    )
    run = begun()
    for _ in range(10):
        next(run)
    for doc_id in ids[::3]:
        mina.patch(f"{MEMORIES}/{doc_id}", json={"content": "zebra anew"})
    fold()
    sum(run)
    assert len(told) >= 4
    assert set(told) == {1}
    assert len(ids_of(mina, "zebra")) == 11
    assert len(ids_of(mina, "anew")) == 4
    assert_nothing_is_left()


def test_what_is_fresh_is_folded_before_a_space_is_begun_whoever_else_folds(
    mina, older_analyzer, small_steps, monkeypatch, unfolded
):
    for text in texts(11):
        mina.save(text)
    older_analyzer()
    fresh = SearchFresh.objects.filter(space=mina.user.pk)
    assert fresh.count() == 11
    act, looks, waits = folding.fold, [], []
    busy = lambda space: 0 if len(looks) < 3 else act(space)  # noqa: E731
    monkeypatch.setattr(folding, "fold", lambda space: (looks.append(space), busy(space))[1])
    monkeypatch.setattr(state.time, "sleep", waits.append)
    old = found(mina, "zeb")
    run = begun()
    next(run)
    assert waits
    assert not fresh.exists()
    assert found(mina, "zeb") == old
    sum(run)
    assert len(ids_of(mina, "zebra")) == 11


def test_a_space_that_is_never_without_somebody_who_writes_is_begun_all_the_same(hub, monkeypatch):
    mina, ids = hub
    monkeypatch.setattr(state, "PATIENCE", 0.0)
    mina.patch(f"{MEMORIES}/{ids[0]}", json={"content": "zebra anew"})
    monkeypatch.setattr(folding, "fold", lambda space: 0)
    next(begun())
    assert len(ids_of(mina, "anew")) == 1
