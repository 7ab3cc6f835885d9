"""What a process keeps of segments: a search asks for each list once, and finds what there is."""

import pytest

from superthread.search.index import folding
from superthread.search.retrieval import postings
from superthread.tests.search.index.test_folding import MEMORIES, QUERIES, found, texts


@pytest.fixture(autouse=True)
def nothing_kept():
    postings._kept.forget()


@pytest.fixture
def looks(monkeypatch):
    """The looks at lists of segments."""
    found, genuine = [], postings.lists_of

    def lists_of(*asked, **how):
        found.append(asked)
        return genuine(*asked, **how)

    monkeypatch.setattr(postings, "lists_of", lists_of)
    return found


@pytest.fixture
def folded(mina):
    """The ids of thirty memories, all of them in one segment."""
    ids = [mina.save(text)["doc_id"] for text in texts(30)]
    folding.fold_due(least=1)
    return ids


def test_a_list_is_read_once(mina, folded, looks):
    first = [found(mina, query) for query in QUERIES]
    assert looks
    looks.clear()
    assert [found(mina, query) for query in QUERIES] == first
    found(mina, "zebra giraffe")
    assert not looks


def test_what_is_kept_says_nothing_of_what_has_changed(mina, folded):
    for query in QUERIES:
        found(mina, query)
    mina.patch(f"{MEMORIES}/{folded[3]}", json={"content": "a lion"})
    mina.delete(f"{MEMORIES}/{folded[7]}?permanent=true")
    warm = [found(mina, query) for query in QUERIES]
    postings._kept.forget()
    assert [found(mina, query) for query in QUERIES] == warm
    assert folded[3] not in str(found(mina, "zebra"))
    folding.fold_due(least=1)
    assert [found(mina, query) for query in QUERIES] == warm


def test_a_space_that_is_folded_between_two_looks_is_looked_at_again(mina, folded, monkeypatch):
    for text in texts(40):
        mina.save(f"lion {text.split()[1]}")
    looks, genuine = [], postings.lists_of

    def lists_of(*asked, **how):
        looks.append(asked)
        if len(looks) == 1:
            folding.fold_due(least=1)
        return genuine(*asked, **how)

    postings._kept.forget()
    monkeypatch.setattr(postings, "lists_of", lists_of)
    after = found(mina, "okapi giraffe")
    assert len(looks) > 1
    assert after["results"]
    assert after == found(mina, "okapi giraffe")
