"""What statistics, common words and phrases look at does not grow with the memories of a hub."""

from array import array
from typing import NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from superthread.models import SearchSegment
from superthread.reads.statistics import statistics
from superthread.search import service
from superthread.search.retrieval import execution, lists, looking_up, postings, ranking, scoring
from superthread.search.retrieval.reach import Searchable
from superthread.search.retrieval.weights import ANY
from superthread.tests.access.worlds import person
from superthread.tests.reads.test_growth import looked_at
from testing.filled import fill, make_people

FEW, MANY, SEGMENT = 320, 3_200, 16


class Looked(NamedTuple):
    """Statements of a search whose words were not asked for before, long lists that it read,
    postings that it took apart, and memories of which it asked whether they may be found."""

    statements: int
    lists: int
    postings: int
    memories: int


@pytest.fixture
def counted(monkeypatch):
    """Called with a search: what it looks at."""
    taken, read, asked = [], [], []

    def taken_apart(data, members, real=postings._taken_apart):
        found = real(data, members)
        taken.append(len(found.ids))
        return found

    def pages_by_key(keys, real=lists.pages_by_key):
        read.extend(keys)
        return real(keys)

    def found(reach, ids, real=Searchable.found):
        asked.extend(ids)
        return real(reach, ids)

    def count(act):
        act()  # once for what a process reads once
        postings._kept.forget()
        for each in (taken, read, asked):
            each.clear()
        with CaptureQueriesContext(connection) as caught:
            act()
        return Looked(len(caught), len(read), sum(taken), len(asked))

    monkeypatch.setattr(postings, "_taken_apart", taken_apart)
    monkeypatch.setattr(lists, "pages_by_key", pages_by_key)
    monkeypatch.setattr(Searchable, "found", found)
    return count


@pytest.fixture
def small(sized, monkeypatch):
    """Limits as if the hub was some hundred times as large, and all words frequent."""
    sized(SEGMENT, full=MANY)
    for module in (lists, postings):
        monkeypatch.setattr(module, "FEW_SEGMENTS", 0)
    monkeypatch.setattr("superthread.search.index.building.LONGEST_IN_PAGE", 8)
    monkeypatch.setattr("superthread.search.results.paging.TIED", 4)
    monkeypatch.setattr("superthread.search.results.paging.REORDERED", 4)
    for name in ("LIKELY", "FIRST_CHUNK"):
        monkeypatch.setattr(execution, name, 4)
    monkeypatch.setattr(ranking, "MOST_POSTINGS", 100)
    monkeypatch.setattr(ranking, "AT_ONCE", (4, 8, 64))
    monkeypatch.setattr(scoring, "READ_AT_FIRST", 2)
    monkeypatch.setattr(scoring, "TOGETHER", 1)


def searches(by):
    def search(query, **asked):
        return lambda: service.search(
            query=query, by=by, limit=2, show=lambda one: one.score, **asked
        )

    return {
        "a common word": search("common"),
        "the latest with a common word": search(
            "common", how=service.SearchOptions(sort="created")
        ),
        "a phrase": search('"meeting notes"'),
        "two common words": search("common meeting"),
    }


@pytest.fixture
def grown(db, small, counted):
    """What each search looks at among FEW memories, and among MANY."""
    by, _ = make_people(2)
    fill(0, FEW)
    before = {name: counted(act) for name, act in searches(person(by.email)).items()}
    fill(FEW, MANY)
    return before, {name: counted(act) for name, act in searches(person(by.email)).items()}


def test_no_search_of_common_words_looks_at_more_among_ten_times_as_many(grown):
    before, after = grown
    growth = {
        name: max(b / a for a, b in zip(one, after[name], strict=True))
        for name, one in before.items()
    }
    assert {name: ratio for name, ratio in growth.items() if ratio > 2} == {}, grown


def test_where_nothing_is_known_of_the_best_a_bound_holds(db, small, counted, monkeypatch):
    by, _ = make_people(2)
    fill(0, 1_000)
    # As pages of an earlier build.
    monkeypatch.setattr(postings, "most_in", lambda best: ANY)
    acts = searches(person(by.email))
    everything = {name: counted(act).postings for name, act in acts.items()}
    monkeypatch.setattr(scoring, "MOST_SCORED", 200)
    some = {name: counted(act).postings for name, act in acts.items()}
    assert min(everything.values()) > 600
    assert max(some.values()) < 200 + 2 * SEGMENT


def test_what_is_gone_has_no_lists_of_a_common_word_counted_through(
    db, small, counted, monkeypatch
):
    by, _ = make_people(2)
    fill(0, 600)
    # Of each segment its first memory.
    SearchSegment.objects.update(gone=array("H", [0]).tobytes())
    for module in (lists, postings):
        monkeypatch.setattr(module, "FEW_SEGMENTS", 64)
    search = searches(person(by.email))["a common word"]
    exactly = counted(search).postings
    monkeypatch.setattr(lists, "EXACTLY", 100)
    assert 0 < 2 * counted(search).postings < exactly


def test_what_is_gone_is_taken_from_the_number_of_a_common_word_uncounted(db, small, monkeypatch):
    by, _ = make_people(2)
    fill(0, 600)
    # Of each segment the second half: the word is in as large a share of either.
    for segment in SearchSegment.objects.all():
        half = range(segment.memories // 2, segment.memories)
        segment.gone = array("H", half).tobytes()
        segment.save(update_fields=["gone"])
    holders = Searchable(person(by.email)).holders
    counts = []
    for most in (0, 64):
        for module in (lists, postings):
            monkeypatch.setattr(module, "FEW_SEGMENTS", most)
        counts.append(looking_up.look_up(["common"], lists.Lists(holders))[0].documents)
    about, exactly = counts
    assert exactly < 300
    assert abs(about - exactly) < exactly / 5


def test_statistics_look_at_no_more_among_ten_times_as_many(db, settings):
    by, _ = make_people(2)
    reads = {"statistics": lambda: statistics(by=by)}
    fill(0, FEW)
    before = looked_at(reads, settings)["statistics"]
    fill(FEW, MANY)
    assert looked_at(reads, settings)["statistics"] <= 1.5 * before
