"""What the hub's loop does for the index beside requests."""

import threading
from types import SimpleNamespace

import pytest
from django.db import connections

from superthread.models import SearchDocument, SearchFresh, SearchSegment
from superthread.search.index import folding
from superthread.services.upkeep import indexing, rewriting

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def turn(runner):
    """A turn in a thread of its own: the seconds until the next, and whether it has left a
    connection open."""
    told = []

    def run():
        try:
            pause = runner.turn()
            told.append((pause, connections["default"].connection is not None))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return told[0]


@pytest.fixture
def written_before(mina, contents, monkeypatch, unfolded):
    """Three memories as the release before has written them, one to a transaction."""
    monkeypatch.setattr(rewriting, "AT_ONCE", 1)
    # What tests before have committed and left is none of these.
    for left in (SearchFresh, SearchSegment):
        left.objects.all().delete()
    for number in range(3):
        mina.save(f"zebra {number}")
    SearchDocument.objects.update(terms=None, term_ids=b"\0", length=3)
    assert contents(mina, "zebra") == []


def test_what_the_release_before_wrote_is_indexed_anew_and_what_is_fresh_is_folded(
    mina, contents, written_before, monkeypatch
):
    monkeypatch.setattr(folding, "MANY", 3)
    monkeypatch.setattr(indexing, "SETTLING", 0.0)
    runner = indexing.runner()
    pause, is_open = turn(runner)
    assert pause == indexing.PAUSE
    # To a server that is a connection for nothing until the next turn.
    assert is_open == (connections["default"].vendor == "sqlite")
    assert len(contents(mina, "zebra")) == 3
    assert SearchSegment.objects.count() == 1
    assert not SearchFresh.objects.exists()
    # There is nothing more to do, and it is the same one that looks again.
    assert turn(indexing.runner()) == (pause, is_open)
    assert indexing.runner() is runner


def test_a_hub_that_stops_leaves_the_rest_of_what_was_written_before(written_before):
    runner = indexing.IndexRunner()
    runner.loop.stopping = True
    turn(runner)
    assert SearchDocument.objects.filter(terms=None).count() == 2


def test_what_is_due_waits_a_moment_for_more_and_what_fills_a_step_does_not(
    mina, unfolded, monkeypatch
):
    for left in (SearchFresh, SearchSegment):
        left.objects.all().delete()
    monkeypatch.setattr(folding, "MANY", 2)
    monkeypatch.setattr(folding, "AT_ONCE", 4)
    now = [100.0]
    monkeypatch.setattr(indexing, "time", SimpleNamespace(monotonic=lambda: now[0]))
    runner = indexing.IndexRunner()

    def saved(count):
        for number in range(count):
            mina.save(f"zebra {number}")
        pause, _ = turn(runner)
        return pause, SearchFresh.objects.count()

    assert saved(1) == (indexing.PAUSE, 1)
    assert saved(2) == (indexing.SETTLING, 3)
    assert saved(1) == (indexing.PAUSE, 0)
    assert saved(2) == (indexing.SETTLING, 2)
    now[0] += 0.4
    assert saved(1) == (pytest.approx(indexing.SETTLING - 0.4), 3)
    now[0] += 0.6
    assert saved(0) == (indexing.PAUSE, 0)
