"""Segments that hold none of the best are passed over, and nobody sees it."""

from array import array
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from superthread.search import service
from superthread.search.index import segments
from superthread.search.index.building import pages_of
from superthread.search.index.packing import Packing
from superthread.search.index.pages import Members
from superthread.search.index.segments import Segment
from superthread.search.retrieval import lists, postings, ranking, reading, scoring
from superthread.search.retrieval.postings import SegmentPostings
from superthread.search.retrieval.reading import Doc, Listed, Read
from superthread.search.retrieval.scoring import EVERY, Scoring
from superthread.search.retrieval.weights import Factors, Term, millionths
from superthread.tests.access.worlds import person
from testing.filled import fill, make_people

TERMS, CAPITAL = range(1, 5), 3
counts = st.tuples(st.integers(1, 127), st.sampled_from((0, CAPITAL, 9)))
documents = st.tuples(st.dictionaries(st.sampled_from(TERMS), counts), st.integers(15, 400))
# Long enough, each twenty times over, for lists that stand alone.
spaces = st.lists(st.lists(documents, min_size=1, max_size=12), min_size=1, max_size=4)
needs = st.lists(st.lists(st.lists(st.sampled_from((*TERMS, None)), min_size=1), min_size=1))
terms = st.lists(
    st.builds(
        Term,
        id=st.sampled_from(TERMS),
        text=st.just("word"),
        documents=st.integers(1, 90),
        postings=st.just(1),
        weight=st.sampled_from((0.3, 1.0)),
        spellings=st.sampled_from(((), (0,), (CAPITAL,), (CAPITAL, 9))),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.id,
)


def of_one(number, spellings=()):
    """A term that is asked for."""
    return Term(number, "word", 10, 1, spellings=spellings)


# The best are in the segment of which less is known, or less is to be expected: first one whose
# list has no best, then one beside which two words stand in different memories, then one whose
# best have no word as often as others have one of them, then one whose best are spelt as asked.
@example(
    folded=[[({1: (127, 0)}, 15)] * 13, [({1: (1, 0)}, 400)] * 13],
    asked=[of_one(1)],
    needed=[],
    unwanted=[],
    count=1,
    gone=set(),
    is_told=False,
    is_opened=False,
    together=1,
    place=None,
)
@example(
    folded=[[({1: (5, 0)}, 99)] * 9, [({1: (3, 0)}, 99)] * 9 + [({2: (3, 0)}, 99)] * 9],
    asked=[of_one(1), of_one(2)],
    needed=[],
    unwanted=[],
    count=1,
    gone=set(),
    is_told=True,
    is_opened=True,
    together=1,
    place=None,
)
@example(
    folded=[
        [({1: (127, 0)}, 15)] * 9 + [({2: (127, 0)}, 15)] * 9,
        [({1: (2, 0), 2: (2, 0)}, 99)] * 9,
    ],
    asked=[of_one(1), of_one(2)],
    needed=[],
    unwanted=[],
    count=1,
    gone={3},
    is_told=True,
    is_opened=False,
    together=1,
    place=None,
)
@example(
    folded=[
        [({1: (127, 9)}, 15)] + [({1: (2, 0)}, 99)] * 9,
        [({1: (1, CAPITAL)}, 60)] * 9,
    ],
    asked=[of_one(1, (CAPITAL,))],
    needed=[],
    unwanted=[],
    # The most frequent ones, the two that are fresh, and one more.
    count=23,
    gone=set(),
    is_told=True,
    is_opened=False,
    together=1,
    place=None,
)
@given(
    spaces,
    terms,
    needs,
    needs,
    st.integers(1, 60),
    st.sets(st.integers(0, 40)),
    st.booleans(),
    st.booleans(),
    st.sampled_from((1, 300, scoring.TOGETHER)),
    st.none() | st.integers(0, 300),
)
def test_the_best_are_those_of_all(
    folded, asked, needed, unwanted, count, gone, is_told, is_opened, together, place
):
    snapshot = snapshot_of(folded, gone, is_told=is_told, is_opened=is_opened)
    factors = {one.id: Factors(one, 0.4 + 90 / one.documents, (1.4, 1.2)) for one in asked}
    everything = scored(folded, gone, factors, needed, unwanted)
    assert sorted(Scoring(snapshot, factors, needed, unwanted)(), reverse=True) == everything
    with pytest.MonkeyPatch.context() as patched:
        # Segment by segment, several at a time, and all of them as one.
        patched.setattr(scoring, "TOGETHER", together)
        score = Scoring(snapshot, factors, needed, unwanted)
        if place is None:
            assert score.best(count) == everything[:count]
        elif everything:
            below = everything[place % len(everything)]
            behind = everything.index(below) + 1
            assert score.best(count, below) == everything[behind : behind + count]


def scored(folded, gone, factors, needed, unwanted):
    """All hits of these documents by the formula, best first."""
    number, hits = 0, []
    for some in folded:
        several = [one for one in some for _ in range(20)]
        for place, (held, length) in enumerate(several):
            number += 1
            if place not in gone:
                hits.append((number, held, length))
    for held, length in folded[-1][-2:]:
        number += 1
        hits.append((number + 1, held, length))
    return sorted(
        (
            millionths(score) << 32 | pk
            for pk, held, length in hits
            if all(has(held, one) for one in needed)
            and not any(has(held, one) for one in unwanted)
            and (score := score_of(held, length, factors))
        ),
        reverse=True,
    )


def has(held, needed):
    return any(all(term in held for term in group) for group in needed)


def score_of(held, length, factors):
    return sum(
        one.part(held[term][0], length, held[term][1] or None)
        for term, one in factors.items()
        if term in held
    )


def snapshot_of(folded, gone, *, is_told, is_opened):
    """Segments of these documents, each twenty times; with the bests of their lists or without,
    opened before or not. The last two are fresh."""
    read, members, parts, number = Read([], {}, 0, [], []), {}, {}, 1
    for place, some in enumerate(folded):
        several = [one for one in some for _ in range(20)]
        ids = range(number, number + len(several))
        number += len(several)
        lengths = [length for _, length in several]
        read.segments.append(
            Segment(place, 0, 1, 0, len(several), 0, ids[0], ids[-1], sorted(gone))
        )
        members[place] = Members(array("I", ids), array("H", lengths))
        packed = [packed_of(held) for held, _ in several]
        for page in pages_of(packed, lengths):
            for term, data in lists_of(page):
                best = page.best if is_told else 0
                one = postings.postings_in(Listed(page.last_term, page.entries, best, data))
                if is_opened:
                    one.opened(members[place])
                parts.setdefault(term, []).append(SegmentPostings(place, one))
    for held, length in folded[-1][-2:]:
        number += 1
        read.documents.append(Doc(number, length, *packed_of(held), space=0))
    return SimpleNamespace(
        read=read,
        parts=parts,
        members=members,
        masked=[
            {pk for at, pk in enumerate(members[place].ids) if at in gone} for place in members
        ],
        whole=lambda term, part: part.postings.opened(members[part.segment]),
        fetch=lambda parts: list(parts),
    )


def lists_of(page):
    if page.entries:
        return [(page.last_term, page.data)]
    return reading.lists_in(page.data, TERMS)


def packed_of(held):
    packing = Packing()
    for term, (times, spelling) in sorted(held.items()):
        packing.add(term, times, spelling, 0)
    return packing.packed()


@pytest.fixture
def filled(db, monkeypatch):
    """A hub of some segments, whose long lists are read by themselves, one at first."""
    by, _ = make_people(2)
    for start in range(0, 8_000, 1_000):
        fill(start, start + 1_000)
    monkeypatch.setattr(scoring, "READ_AT_FIRST", 1)
    for module in (lists, postings):
        monkeypatch.setattr(module, "FEW_SEGMENTS", 0)
    return person(by.email)


def test_a_common_word_is_read_where_its_best_are(filled, monkeypatch):
    looked_up = []

    def pages_by_key(keys):
        looked_up.extend(keys)
        return segments.pages_by_key(keys)

    monkeypatch.setattr(lists, "pages_by_key", pages_by_key)
    monkeypatch.setattr("superthread.search.results.paging.TIED", 2)
    monkeypatch.setattr(ranking, "AT_ONCE", (4,))
    best = page_of(filled, "common", 1)[0]
    some = len(looked_up)
    monkeypatch.setattr(ranking, "AT_ONCE", (EVERY,))
    postings._kept.forget()
    assert page_of(filled, "common", 1)[0] == best
    assert 0 < some < len(looked_up) - some


def test_lists_are_those_of_all_that_is_scored(filled, monkeypatch):
    queries = ("meeting notes", '"meeting notes" common', "common -meeting")
    asked = [(query, limit) for query in queries for limit in (5, 20, 100)]
    monkeypatch.setattr(ranking, "AT_ONCE", (12, 40))
    pages = [found(filled, *one) for one in asked]
    monkeypatch.setattr(ranking, "AT_ONCE", (EVERY,))
    assert pages == [found(filled, *one) for one in asked]


def found(by, query, limit):
    """The memories of two pages with their scores."""
    shown, cursor = page_of(by, query, limit)
    return [*shown, *page_of(by, query, limit, cursor)[0]]


def page_of(by, query, limit, cursor=None):
    """The memories of a page with their scores, and the cursor of the next one."""
    shown = []

    def show(one):
        shown.append((one.row["id"], one.score))

    page = service.search(query=query, by=by, limit=limit, cursor=cursor, show=show)
    return shown, page.next_cursor
