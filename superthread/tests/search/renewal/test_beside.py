"""A reindex is made beside the index that is searched, and takes over at once."""

import io
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from memory_hub.database.exclusive import alone
from superthread.management.commands.reindex import REINDEXING
from superthread.models import Memory, SearchFormer, SearchFresh, SearchRenewal, SearchSegment
from superthread.search.index import folding, pruning
from superthread.search.renewal import beside, left_over, state
from superthread.tests.search.index.folded import MEMORIES, fold, found, texts
from superthread.tests.search.renewal.renewed import (
    assert_nothing_is_left,
    begun,
    ids_of,
)

ASKED = ("zeb", "zebra", "gir", "giraffe oka", "okapi")


def answers(client):
    return [found(client, query) for query in ASKED]


def grant(mina, jun, doc_id):
    url = f"/superthread/permissions/{doc_id}"
    mina.post(url, json={"permissions": {"jun@example.com": "viewer"}})
    assert jun.post(f"/superthread/shares/{doc_id}", json={"accept": True}).status_code == 204


@pytest.fixture
def hub(mina, api, older_analyzer, small_steps):
    """Eleven memories of Mina's, of which two are granted to Jun, indexed by an older analyzer."""
    jun = api("jun@example.com")
    ids = [mina.save(text)["doc_id"] for text in texts(11)]
    for doc_id in (ids[1], ids[9]):
        grant(mina, jun, doc_id)
    older_analyzer()
    fold()
    return mina, jun, ids


def test_searches_see_the_old_index_alone_until_the_new_one_takes_over(hub, index_of):
    mina, jun, _ = hub
    old = [answers(one) for one in hub[:2]]
    assert len(old[0][0]["results"]) == 11
    assert len(old[1][0]["results"]) == 2
    assert old[0][1]["results"] == old[1][1]["results"] == []
    steps = 0
    for _ in begun():
        if SearchRenewal.objects.exists():
            assert [answers(mina), answers(jun)] == old
            fold()
            assert [answers(mina), answers(jun)] == old
            steps += 1
    assert steps >= 9
    for client, count in ((mina, 11), (jun, 2)):
        assert found(client, "zeb")["results"] == []
        assert len(found(client, "zebra")["results"]) == count
    assert_nothing_is_left()
    assert {one["noted"][-1] for one in index_of().values()} == {"zebra"}


def test_what_is_ranked_by_documents_is_of_the_old_index_too(hub, monkeypatch):
    mina, _, ids = hub
    monkeypatch.setattr("superthread.search.retrieval.ranking.MOST_POSTINGS", 3)

    def asked():
        alike = mina.get(f"{MEMORIES}/{ids[4]}/similar").json()
        return found(mina, "zeb", category="default"), alike

    old = asked()
    assert len(old[0]["results"]) == 11
    assert all(one["explain"] for one in old[0]["results"])
    for _ in begun():
        if SearchRenewal.objects.exists():
            assert asked() == old
    assert asked() != old


def test_what_is_small_takes_over_with_its_transaction(mina, older_analyzer):
    for text in texts(11):
        mina.save(text)
    older_analyzer()
    assert [count for count in begun() if count] == [11]
    assert len(found(mina, "zebra")["results"]) == 11
    assert_nothing_is_left()


def test_interrupted_anywhere_the_old_index_works_and_the_next_run_goes_on(hub):
    mina, jun, _ = hub
    old = answers(mina), answers(jun)
    assert len([*_interrupted(old, mina, jun)]) >= 4
    assert "removed 0" in call_command("reindex", "--quiet", stdout=io.StringIO())
    assert len(found(mina, "zebra")["results"]) == 11
    assert found(mina, "zeb")["results"] == []
    assert_nothing_is_left()


def _interrupted(old, mina, jun):
    """Runs, each of which is cut off a step later than the one before."""
    steps = 1
    while True:
        run = begun(everything=bool(steps % 2))
        for _ in range(steps):
            next(run, None)
        if not SearchRenewal.objects.exists():
            return
        run.close()
        assert (answers(mina), answers(jun)) == old
        yield steps
        steps += 1


def run_beside_a_writer(mina, doc_id):
    for _ in begun():
        mina.patch(f"{MEMORIES}/{doc_id}", json={"content": "zebra at last"})
        fold()


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (state, "begin"),
        (state, "mark"),
        (beside, "_write"),
        (beside, "_move"),
        (beside, "_telling"),
        (state, "end"),
        (left_over, "removal"),
    ],
)
def test_what_fails_within_a_transaction_leaves_an_index_that_is_whole(
    hub, monkeypatch, where, name
):
    mina, _, ids = hub
    act = getattr(where, name)

    def cut_off(*arguments, **more):
        act(*arguments, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(where, name, cut_off)
        with pytest.raises(KeyboardInterrupt):
            run_beside_a_writer(mina, ids[0])
    assert len({*ids_of(mina, "zeb"), *ids_of(mina, "zebra")}) == 11
    sum(begun())
    assert len(ids_of(mina, "zebra")) == 11
    assert ids_of(mina, "zeb") == []
    assert_nothing_is_left()


def test_of_two_at_once_one_is_refused(hub):
    with alone("default", "reindex", REINDEXING) as is_alone:
        assert is_alone
        with pytest.raises(CommandError, match="Another reindex is running; nothing was done"):
            call_command("reindex", "--quiet")
    assert not SearchRenewal.objects.exists()
    assert call_command("reindex", "--quiet", stdout=io.StringIO()).startswith("Indexed 11 ")


@pytest.mark.parametrize("steps", [1, 4, 8])
def test_one_that_another_has_gone_on_for_stops(hub, steps):
    mina = hub[0]
    first = begun()
    for _ in range(steps):
        next(first)
    second = begun()
    next(second)
    with pytest.raises(state.Superseded):
        next(first)
    sum(second)
    assert len(ids_of(mina, "zebra")) == 11
    assert_nothing_is_left()


def test_a_run_that_was_cut_off_by_another_version_begins_anew(hub, monkeypatch, older_analyzer):
    mina = hub[0]
    run = begun()
    next(run)
    run.close()
    assert SearchFormer.objects.count() == 2
    monkeypatch.setattr("superthread.search.analysis.analyzer.VERSION", 99)
    assert sum(begun()) == 11
    assert len(ids_of(mina, "zebra")) == 11
    assert set(SearchSegment.objects.values_list("analyzer", flat=True)) == {99}
    assert_nothing_is_left()


def test_a_reindex_that_is_not_done_is_told_when_a_hub_starts(hub):
    def said():
        out = io.StringIO()
        call_command("check", tags=["database"], databases=["default"], stderr=out, stdout=out)
        return out.getvalue()

    assert "W002" not in said()
    run = begun()
    next(run)
    run.close()
    assert "superthread.W002" in said()
    sum(begun())
    assert "W002" not in said()


def test_words_that_only_the_old_index_has_stay_until_the_other_takes_over(hub):
    mina = hub[0]
    old = answers(mina)
    for _ in begun():
        if SearchRenewal.objects.exists():
            pruning.prune()
            assert answers(mina) == old
    pruning.prune()
    assert len(ids_of(mina, "zebra")) == 11
    assert not pruning.has_unused()


def test_who_folds_without_knowing_of_a_reindex_makes_nothing_anew(hub, monkeypatch):
    mina = hub[0]
    run = begun()
    next(run)
    old = found(mina, "zeb")["results"]
    read = folding.segments_of
    knowing_nothing = lambda space: [one._replace(kept=False) for one in read(space)]  # noqa: E731
    for text in texts(3):
        mina.save(text)
    with monkeypatch.context() as patch:
        patch.setattr(folding, "segments_of", knowing_nothing)
        patch.setattr(folding, "merged", lambda segments, documents: [*segments][:1])
        with pytest.raises(DatabaseError, match="until a reindex takes over"), transaction.atomic():
            fold()
    assert SearchFresh.objects.count() == 3
    assert len(found(mina, "zeb")["results"]) == len(old)
    for _ in run:
        fold()
    assert len(ids_of(mina, "zebra")) == 14
    assert_nothing_is_left()


def test_taking_over_is_as_short_for_many_memories_as_for_few(mina, older_analyzer, small_steps):
    counts = []
    for more in (6, 30):
        for text in texts(more):
            mina.save(text)
        older_analyzer()
        fold()
        run = begun()
        while not (made := SearchRenewal.objects.exists()):
            next(run)
        (renewal,) = state.pending()
        for _ in range(Memory.objects.count() // 2):
            next(run)
        assert made
        run.close()
        (renewal,) = state.pending()
        sum(beside.make(renewal))
        with CaptureQueriesContext(connection) as caught:
            beside.take_over(renewal)
        counts.append(len(caught))
        left_over.remove()
    assert counts[0] == counts[1]


def test_what_is_indexed_as_it_shall_be_is_not_written_again(mina, small_steps):
    for text in texts(11):
        mina.save(text)
    fold()
    before = answers(mina)
    with CaptureQueriesContext(connection) as caught:
        for _ in begun(everything=True):
            assert not SearchFormer.objects.exists()
    sql = [one["sql"] for one in caught]
    assert not [one for one in sql if "INTO superthread_search_document" in one]
    assert answers(mina) == before
    assert_nothing_is_left()


def test_going_back_a_migration_amid_a_reindex_loses_nothing(hub):
    mina = hub[0]
    run = begun()
    for _ in range(8):
        next(run)
    run.close()
    migration = import_module("superthread.migrations.0031_index_beside")
    editor = connection.schema_editor(atomic=False)
    migration.remove(None, editor)
    migration.add(None, editor)
    # All of it is searched by the documents, of which all are renewed by then.
    assert SearchFresh.objects.filter(known=1).count() == 11
    assert len(ids_of(mina, "zebra")) == 11
    fold()
    assert len(ids_of(mina, "zebra")) == 11
    assert ids_of(mina, "zeb") == []
    assert_nothing_is_left()
