"""What was written is folded into segments, and searches find the same before, meanwhile and
afterwards."""

import threading

import pytest
from django.db import connection, connections, transaction

from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services import ensure_user
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, SearchDocument, SearchFresh, SearchPage, SearchSegment
from superthread.search.index import folding, segments
from superthread.search.index.indexer import count_terms
from superthread.search.retrieval import lists
from superthread.services.lifecycle import purge_all
from superthread.services.save import save_all
from superthread.services.steps.facts import facts_of
from superthread.services.upkeep.reindexing import read_anew
from superthread.store_terms import Draft
from superthread.tests.search.index.folded import MEMORIES, QUERIES, fold, found, texts


def test_answers_are_the_same_fresh_folded_and_in_part(mina, index_of):
    ids = [mina.save(text)["doc_id"] for text in texts(30)]
    fresh = [found(mina, query) for query in QUERIES], index_of()
    fold()
    assert SearchSegment.objects.count() == 1
    assert not SearchFresh.objects.exists()
    assert ([found(mina, query) for query in QUERIES], index_of()) == fresh
    for doc_id in ids[::4]:
        mina.patch(f"{MEMORIES}/{doc_id}", json={"metadata": {"title": "zebra lion"}})
    mina.delete(f"{MEMORIES}/{ids[1]}?permanent=true")
    mixed = [found(mina, query) for query in QUERIES], index_of()
    assert SearchFresh.objects.exists()
    fold()
    assert ([found(mina, query) for query in QUERIES], index_of()) == mixed
    assert "lion" in str(mixed)


def test_a_memory_that_moves_is_in_the_segments_of_its_space_alone(mina, api):
    jun = api("jun@example.com")
    doc_id = mina.save("zebra crossing")["doc_id"]
    mina.save("giraffe")
    fold()
    for scope, others in (("public", 1), ("personal", 0), ("public", 1)):
        assert mina.patch(f"{MEMORIES}/{doc_id}", json={"scope": scope}).status_code == 200
        for _ in range(2):
            assert len(found(mina, "zebra")["results"]) == 1
            assert len(found(jun, "zebra")["results"]) == others
            fold()
    spaces = {one.space: one for one in segments_of_all()}
    assert [one.memories - len(one.gone) // 2 for one in spaces.values()] == [1, 1]


def segments_of_all():
    return list(SearchSegment.objects.order_by("space"))


def test_what_is_granted_is_found_in_the_segments_of_others(mina, api):
    jun = api("jun@example.com")
    doc_id = mina.save("zebra crossing")["doc_id"]
    mina.save("zebra alone")
    fold()
    mina.post(
        f"/superthread/permissions/{doc_id}", json={"permissions": {"jun@example.com": "viewer"}}
    )
    jun.post(f"/superthread/shares/{doc_id}", json={"accept": True})
    assert [one["content"] for one in found(jun, "zebra")["results"]] == ["zebra crossing"]


def test_small_segments_grow_together_and_full_ones_stay(mina, sized):
    sized(8)
    by = principal_of(mina.user, "command")
    for number in range(16):
        save_all([Draft(f"zebra {number}a"), Draft(f"zebra {number}b")], by=by)
        fold()
    sizes = sorted(SearchSegment.objects.values_list("memories", flat=True))
    assert sum(sizes) == 32
    assert sizes == [8, 8, 8, 8]
    assert len(found(mina, "zebra")["results"]) == 32
    pages = {key >> 31 for key in SearchPage.objects.values_list("key", flat=True)}
    assert pages == set(SearchSegment.objects.values_list("id", flat=True))


def test_a_segment_of_which_nothing_is_left_goes(mina):
    by = principal_of(mina.user, "command")
    rows = save_all([Draft(text) for text in texts(5)], by=by)
    fold()
    purge_all(facts_of([row["id"] for row in rows]), by=OPERATOR)
    fold()
    assert not SearchSegment.objects.exists()
    assert not SearchPage.objects.exists()
    assert not SearchFresh.objects.exists()


def test_a_step_is_of_so_many_terms(mina, monkeypatch):
    monkeypatch.setattr(folding, "TERMS", 10)
    by = principal_of(mina.user, "command")
    save_all(
        [
            Draft("zebra giraffe okapi lion"),
            Draft("gnu " * 3),
            *[Draft(f"{n}a b c d e f g h i j k l") for n in range(3)],
        ],
        by=by,
    )
    steps = []
    while done := folding.fold(mina.user.pk):
        steps.append(done)
    assert steps == [2, 1, 1, 1]


def test_a_search_whose_segments_were_folded_meanwhile_looks_again(mina, monkeypatch):
    for text in texts(4):
        mina.save(text)
    fold()
    mina.save("zebra at last")
    by = principal_of(mina.user, "command")
    read, seen = lists.read, []

    def overtaken(*arguments):
        answer = read(*arguments)
        seen.append(len(answer.segments))
        if len(seen) == 1:
            save_all([Draft(text) for text in texts(6)], by=by)
            fold()
            segments._kept.forget()
        return answer

    monkeypatch.setattr(lists, "read", overtaken)
    assert len(found(mina, "zebra")["results"]) == 11
    assert len(seen) >= 2


def test_what_changes_while_a_step_is_packed_is_found_as_it_is_now(mina, index_of, meanwhile):
    old, *others = [mina.save(text)["doc_id"] for text in texts(12)]
    fold()
    new = [mina.save(text)["doc_id"] for text in texts(12)]

    def act():
        for doc_id in (old, new[0]):
            mina.patch(f"{MEMORIES}/{doc_id}", json={"content": "zebra lion"})
        for doc_id in (others[0], new[1]):
            mina.delete(f"{MEMORIES}/{doc_id}?permanent=true")
        mina.patch(f"{MEMORIES}/{new[2]}", json={"scope": "public"})
        seen.append(([found(mina, query) for query in (*QUERIES, "lion")], index_of()))

    seen = []
    meanwhile(act)
    assert folding.fold(mina.user.pk) == 9
    assert SearchFresh.objects.filter(space=mina.user.pk).count() == 5
    for _ in range(2):
        assert ([found(mina, query) for query in (*QUERIES, "lion")], index_of()) == seen[0]
        fold()
    assert not SearchFresh.objects.exists()


def test_of_two_who_fold_a_space_at_once_one_leaves_it_to_the_other(mina, meanwhile):
    for text in texts(4):
        mina.save(text)
    meanwhile(fold)
    assert folding.fold(mina.user.pk) == 0
    assert SearchSegment.objects.count() == 1
    assert len(found(mina, "zebra")["results"]) == 4


def test_what_the_release_before_has_written_is_indexed_anew(mina, index_of):
    saved = mina.save("zebra crossing")
    mina.save("read already")
    fold()
    before = index_of()
    pk = Memory.objects.get(doc_id=saved["doc_id"]).pk
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE superthread_search_document SET term_ids = counts, length = 3 "
            "WHERE memory_id = %s",
            [pk],
        )
    assert SearchDocument.objects.get(pk=pk).terms is None
    assert found(mina, "zebra")["results"] == []
    assert list(read_anew(OPERATOR)) == [1]
    assert index_of() == before
    assert len(found(mina, "zebra")["results"]) == 1


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_who_writes_while_others_fold_loses_nothing():
    by = principal_of(ensure_user("mina@example.com", by=OPERATOR), "command")
    over = threading.Event()

    def folder():
        try:
            while not over.is_set():
                fold()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=folder) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        kept = []
        for number in range(12):
            rows = save_all([Draft(f"zebra {number}"), Draft(f"giraffe {number}")], by=by)
            kept.append(rows[0]["id"])
            with transaction.atomic():
                purge_all([rows[1]], by=OPERATOR)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    fold()
    assert not SearchFresh.objects.exists()
    snapshot = lists.Snapshot(lists.Holders(), _ids("zebra", "giraffe"))
    zebra, giraffe = _ids("zebra", "giraffe")
    assert sorted(snapshot.newest(zebra, 99)) == sorted(kept)
    assert snapshot.newest(giraffe, 99) == []
    assert snapshot.total == len(kept)


def _ids(*words):
    from superthread.search.index.vocabulary import id_in, known

    terms = [next(iter(count_terms(word).frequencies)) for word in words]
    numbers = known(terms)
    return [id_in(numbers[term]) for term in terms]
