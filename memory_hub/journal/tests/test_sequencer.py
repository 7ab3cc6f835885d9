"""PostgreSQL: entries are in the order of commits, whole changes together, none passed over."""

from threading import Event, Timer

import pytest
from django.db import transaction

from memory_hub.core.identity import Actor, Origin
from memory_hub.database.statements import run
from memory_hub.journal import sequencer
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact
from memory_hub.journal.models import Entry, Waiting

pytestmark = pytest.mark.only_on("postgresql")


def appended(*names):
    """Facts of so many requests of one user, each named so."""
    run(append([Fact(name, Actor(1), Origin("rest", name.partition(".")[0])) for name in names]))


@transaction.atomic
def write(*names):
    appended(*names)


class Long:
    """A transaction that appends when it is told to, and commits when it is told to."""

    def __init__(self, elsewhere, thread="long"):
        self.call = lambda unit: elsewhere(thread, unit)
        self.may_go = Event()
        self.has_begun = Event()

    def begin(self, *names, then=()):
        def carry_out():
            with transaction.atomic():
                appended(*names)
                self.has_begun.set()
                assert self.may_go.wait(30)
                if then:
                    appended(*then)

        self.done = self.call(carry_out)
        assert self.has_begun.wait(30)

    def commit(self):
        self.may_go.set()
        self.done.result(30)


def kinds():
    return list(Entry.objects.order_by("position").values_list("kind", flat=True))


def test_what_commits_late_gets_the_next_position(elsewhere):
    long = Long(elsewhere)
    long.begin("long.one")
    write("quick.one")
    assert sequencer.sequence()
    assert kinds() == ["quick.one"]
    long.commit()
    write("quick.two")
    assert sequencer.sequence()
    assert kinds() == ["quick.one", "long.one", "quick.two"]
    assert list(Entry.objects.order_by("position").values_list("pk", flat=True)) == [1, 2, 3]


def test_changes_are_in_the_order_of_their_ends_and_not_torn_apart(elsewhere):
    long = Long(elsewhere)
    long.begin("long.one", then=["long.two"])
    write("quick.one", "quick.two")
    long.commit()
    sequencer.sequence()
    assert kinds() == ["quick.one", "quick.two", "long.one", "long.two"]


def test_a_batch_ends_with_a_change(transactional_db, monkeypatch):
    monkeypatch.setattr(sequencer, "MOST", 3)
    write("a.1", "a.2")
    write("b.1", "b.2")
    write("c.1", "c.2", "c.3", "c.4", "c.5")
    sizes = []
    while not sequencer.sequence():
        sizes.append(Entry.objects.count())
    assert sizes == [2, 4, 9]
    assert kinds()[4:] == ["c.1", "c.2", "c.3", "c.4", "c.5"]


def test_a_change_that_lies_deeper_is_found_whole(elsewhere):
    """Where only the newest rows are looked at."""
    long = Long(elsewhere)
    long.begin("long.one", then=["long.two"])
    write("quick.one")
    sequencer.sequence()
    newest = sequencer.newest()
    long.commit()
    assert sequencer.sequence(above=newest)
    assert kinds() == ["quick.one", "long.one", "long.two"]


def test_one_at_a_time_and_others_do_not_wait_unless_they_want_to(elsewhere):
    write("quick.one")
    may_go, has_lock = Event(), Event()

    def hold():
        with transaction.atomic():
            sequencer._lock(0)
            has_lock.set()
            may_go.wait(30)

    held = elsewhere("holder", hold)
    has_lock.wait(30)
    assert not sequencer.sequence()
    assert not sequencer.sequence(patience_ms=20)
    assert kinds() == []
    Timer(0.1, may_go.set).start()
    assert sequencer.sequence(patience_ms=30_000)
    held.result(30)
    assert kinds() == ["quick.one"]


def test_a_sequencer_that_is_cut_off_has_done_nothing(transactional_db):
    @transaction.atomic
    def cut_off():
        sequencer.sequence()
        raise ZeroDivisionError

    write("quick.one")
    with pytest.raises(ZeroDivisionError):
        cut_off()
    assert Waiting.objects.count() == 1
    assert sequencer.sequence()
    assert (kinds(), Waiting.objects.count()) == (["quick.one"], 0)


def test_the_keeper_numbers_what_was_appended_and_what_others_left(transactional_db, make_keeper):
    keeper = make_keeper()
    write("left.one")
    assert keeper.turn() == 10
    assert kinds() == ["left.one"]
    write("new.one")
    keeper.appended()
    assert keeper.turn() == 0.1
    assert kinds() == ["left.one"]
    keeper.turn()
    assert kinds() == ["left.one", "new.one"]


def test_at_rest_one_worker_of_a_host_looks(
    transactional_db, make_keeper, django_assert_num_queries
):
    first, second = make_keeper(), make_keeper()
    assert first.turn() == 10
    with django_assert_num_queries(0):
        assert second.turn() == 10
    write("new.one")
    second.appended()
    second.turn()
    second.turn()
    assert kinds() == ["new.one"]
    first.finish()
    write("left.one")
    # As if it were some seconds later.
    second._looked = second._sealed = float("-inf")
    second.turn()
    assert kinds() == ["new.one", "left.one"]
