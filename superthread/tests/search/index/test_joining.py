"""Full segments of a space are joined where there are many, and searches find the same."""

from types import SimpleNamespace

import pytest

from superthread.models import SearchFresh, SearchPage, SearchSegment
from superthread.search.index import choosing, folding
from superthread.tests.search.index.folded import MEMORIES, QUERIES, fold, found, sizes, texts


@pytest.fixture
def full(mina, sized):
    """The ids of memories, from the oldest, in segments of two that are full, one too few to be
    many."""
    sized(2, full=6)
    ids = []
    for start in range(0, 10, 2):
        ids += [mina.save(text)["doc_id"] for text in texts(10)[start : start + 2]]
        fold()
    assert sizes() == [2] * 5
    return ids


def fill_one_more(client):
    """What makes them many."""
    for text in texts(12)[10:]:
        client.save(text)


def test_of_many_full_segments_the_oldest_are_joined_once(mina, full, index_of):
    fill_one_more(mina)
    before = [found(mina, query) for query in QUERIES], index_of()
    fold()
    assert sizes() == [8, 2, 2]
    assert ([found(mina, query) for query in QUERIES], index_of()) == before
    pages = {key >> 31 for key in SearchPage.objects.values_list("key", flat=True)}
    assert pages == set(SearchSegment.objects.values_list("id", flat=True))
    for start in range(0, 8, 2):
        mina.save(f"zebra {start}")
        mina.save(f"zebra {start} more")
        fold()
    assert sizes() == [8, 8, 2, 2]


def test_a_joined_segment_of_which_most_is_gone_is_made_anew(mina, full, index_of):
    fill_one_more(mina)
    fold()
    for doc_id in full[:4]:
        mina.delete(f"{MEMORIES}/{doc_id}?permanent=true")
    fold()
    assert sizes() == [8, 2, 2]
    mina.patch(f"{MEMORIES}/{full[4]}", json={"content": "zebra lion"})
    before = [found(mina, query) for query in QUERIES], index_of()
    fold()
    assert 8 not in sizes()
    assert sum(sizes()) == 8
    assert ([found(mina, query) for query in QUERIES], index_of()) == before


def test_what_changes_while_segments_are_joined_is_found_as_it_is_now(
    mina, full, index_of, meanwhile
):
    fill_one_more(mina)
    folding.fold(mina.user.pk)
    seen = []

    def act():
        mina.patch(f"{MEMORIES}/{full[0]}", json={"content": "zebra lion"})
        mina.delete(f"{MEMORIES}/{full[1]}?permanent=true")
        mina.patch(f"{MEMORIES}/{full[2]}", json={"scope": "public"})
        seen.append(([found(mina, query) for query in (*QUERIES, "lion")], index_of()))

    meanwhile(act)
    folding.join(mina.user.pk)
    assert sizes() == [8, 2, 2]
    for _ in range(2):
        assert ([found(mina, query) for query in (*QUERIES, "lion")], index_of()) == seen[0]
        fold()
    assert not SearchFresh.objects.exists()


def test_segments_that_are_folded_meanwhile_are_not_joined(mina, full, meanwhile):
    fill_one_more(mina)
    folding.fold(mina.user.pk)
    mina.patch(f"{MEMORIES}/{full[0]}", json={"content": "zebra lion"})
    seen = []

    def act():
        fold()
        seen.append(sizes())

    meanwhile(act)
    folding.join(mina.user.pk)
    assert [sizes()] == seen
    assert len(found(mina, "zebra")["results"]) == 12


def of_size(memories, postings, analyzer=1):
    made = SimpleNamespace(memories=memories, postings=postings, analyzer=analyzer, kept=False)
    return made, set()


def test_long_memories_fill_a_segment_by_their_postings_and_are_joined_once():
    full, joined = of_size(218, 65_400), of_size(872, 261_600)
    assert choosing.joined([joined, *[full] * choosing.FULL]) == [full] * choosing.JOINED
    assert choosing.joined([joined] * choosing.FULL) == []
    assert choosing.joined([of_size(218, 20_000)] * choosing.FULL) == []


def test_segments_of_two_versions_of_the_analyzer_are_not_joined():
    old, new = of_size(1_024, 40_000, analyzer=1), of_size(1_024, 40_000, analyzer=2)
    assert choosing.joined([old, *[new] * choosing.FULL]) == []
    assert choosing.joined([*[old] * choosing.FULL, new]) == [old] * choosing.JOINED
