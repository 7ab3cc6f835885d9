"""What a process keeps of segments: a search asks for each list once, and finds what there is."""

import gc
import sys

import pytest

from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.restrictions import Restriction
from superthread.search.index import folding
from superthread.search.index.holders import Holders
from superthread.search.index.vocabulary import id_in, known
from superthread.search.retrieval import lists, postings
from superthread.search.retrieval.lists import Snapshot
from superthread.search.retrieval.weights import ANY
from superthread.services.save import save_all
from superthread.store_terms import Draft
from superthread.tests.search.index.folded import MEMORIES, QUERIES, found, texts


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


MANY_TERMS = " ".join(["zebra giraffe", *(f"number{n}" for n in range(2, 80))])


@pytest.fixture
def left_unread(mina, monkeypatch):
    """A segment of which one who reaches many has asked for long lists, which are left unread, and
    of which a memory has gone since. What is looked up by itself."""
    by = principal_of(mina.user, "command")
    first, *_ = save_all([Draft(f"zebra giraffe number{n}") for n in range(300)], by=by)
    folding.fold_due(least=1)
    _reach_is_few(monkeypatch, 0)
    found(mina, MANY_TERMS)
    mina.patch(f"{MEMORIES}/{first['doc_id']}", json={"content": "a lion"})
    return _looks_by_themselves(monkeypatch)


def _looks_by_themselves(monkeypatch):
    looks, genuine = [], lists.pages_by_key

    def pages_by_key(keys):
        looks.append(keys)
        return genuine(keys)

    monkeypatch.setattr(lists, "pages_by_key", pages_by_key)
    return looks


def _reach_is_few(monkeypatch, many):
    for module in (lists, postings):
        monkeypatch.setattr(module, "FEW_SEGMENTS", many)


def test_long_lists_that_were_left_unread_are_read_together(mina, left_unread, monkeypatch):
    _reach_is_few(monkeypatch, 64)
    warm = found(mina, MANY_TERMS)
    (together,) = left_unread
    assert len(together) > 1
    postings._kept.forget()
    assert found(mina, MANY_TERMS) == warm
    assert len(left_unread) == 1


def test_whether_memories_have_a_word_is_asked_of_their_segments_alone(mina, api, monkeypatch):
    mine, others = (principal_of(one.user, "command") for one in (mina, api("jun@example.com")))
    texts_of = [Draft(f"zebra number{n}") for n in range(300)]
    first, *_ = save_all(texts_of[:1], by=mine)
    theirs = save_all(texts_of, by=others)
    # Among these, by their ids, are theirs.
    save_all(texts_of, by=mine)
    folding.fold_due(least=1)
    _reach_is_few(monkeypatch, 0)
    looks = _looks_by_themselves(monkeypatch)
    words = known(["zebra", "number7"])
    zebra, number7 = id_in(words["zebra"]), id_in(words["number7"])
    snapshot = Snapshot(Holders(), [zebra, number7])
    assert len(snapshot.parts[zebra]) >= 2
    assert not snapshot.has(number7, {theirs[0]["id"]})
    assert not snapshot.has(zebra, {first["id"] - 1})
    assert looks == []
    assert snapshot.has(zebra, {theirs[0]["id"]})
    assert [len(keys) for keys in looks] == [1]


def test_what_is_kept_holds_no_more_than_is_counted(mina, left_unread, monkeypatch):
    """Lists that were read and not looked at, that were opened, and that were left unread."""
    kinds = set()

    def look():
        for one in _all_kept():
            assert _bytes_of(one) <= postings._size(one)
            kinds.add((one.is_read, bool(one.ids), one.many > 0))

    look()
    unread = sum(map(postings._size, _all_kept()))
    _reach_is_few(monkeypatch, 64)
    found(mina, MANY_TERMS)
    look()
    assert kinds == {(False, False, True), (True, False, True), (True, True, True)}
    # What was read since is counted since.
    assert unread + 2 * 300 * postings.OF_A_MEMORY <= sum(map(postings._size, _all_kept()))


def _all_kept():
    return [*postings._kept._recent.values()]


def _bytes_of(one):
    """Of a list with all that it holds alone."""
    shared = {id(one) for one in (postings._NO_IDS, postings._NO_PARTS, ANY, None)}
    seen, left = {}, [one]
    while left:
        held = left.pop()
        if id(held) not in shared | seen.keys() and not isinstance(held, type):
            seen[id(held)] = held
            left += gc.get_referents(held)
    return sum(map(sys.getsizeof, seen.values()))


@pytest.mark.parametrize("is_part", [False, True])
def test_a_long_list_that_goes_while_terms_are_counted_is_looked_at_again(
    mina, api, left_unread, monkeypatch, is_part
):
    """Those who reach few count them, and those whose token is for a part."""
    # So many that the segment is folded anew with them.
    save_all([Draft("lion")] * 300, by=principal_of(mina.user, "command"))
    client = mina
    if is_part:
        client = api("mina@example.com", restriction=Restriction(category="default"))
    else:
        _reach_is_few(monkeypatch, 64)
    watched = lists.pages_by_key

    def pages_by_key(keys):
        if not left_unread:
            folding.fold_due(least=1)
        return watched(keys)

    monkeypatch.setattr(lists, "pages_by_key", pages_by_key)
    after = found(client, MANY_TERMS)
    assert left_unread
    assert after["results"]
    postings._kept.forget()
    assert after == found(client, MANY_TERMS)
