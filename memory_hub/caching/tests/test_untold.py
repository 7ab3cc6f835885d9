"""Writes that nothing told stands for: whenever they end, all is outdated, and they are told of."""

from contextlib import contextmanager, nullcontext

import pytest
from django.db import OperationalError, connection, transaction

from memory_hub.accounts.models import User
from memory_hub.accounts.services import readdressing
from memory_hub.caching import bump_after_commit, covering, generations
from memory_hub.caching.generations.change import AnnouncedChange
from memory_hub.caching.invalidation import untold
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory


@contextmanager
def hearing(told):
    """What nobody told of, into the list."""

    def hear(sender, parts, **_):
        told.append(set(parts))

    untold.connect(hear)
    try:
        yield
    finally:
        untold.disconnect(hear)


def test_a_block_around_a_transaction_that_tells_nothing_covers_nothing(mina):
    path = f"/superthread/memories/{mina.save()['doc_id']}"
    assert mina.get(path).json()["category"] == "default"
    with mina.threads.committing(), covering("superthread_memory"), transaction.atomic():
        Memory.objects.update(category="another")
    assert mina.get(path).json()["category"] == "another"


def test_a_new_address_is_in_what_others_were_answered_before(mina, api):
    jun = api("jun@example.com")
    path = f"/superthread/memories/{jun.save(scope='public')['doc_id']}"
    for _ in range(2):
        assert mina.get(path).json()["owner"] == "jun@example.com"
    with mina.threads.committing():
        readdressing.readdress(jun.user, "new@example.com", by=OPERATOR)
    assert mina.get(path).json()["owner"] == "new@example.com"


def test_what_is_told_outside_a_transaction_is_known_at_once(mina):
    here = generations.current()
    stamp = here.stamp(["memories/one"])
    bump_after_commit("memories/one")
    assert not here.is_locally_current(stamp)


def test_a_statement_of_its_own_is_over_when_it_is_over(mina, django_assert_num_queries):
    path = f"/superthread/memories/{mina.save()['doc_id']}"
    mina.get(path)
    with mina.threads.committing():
        Memory.objects.update(category="another")
    for _ in range(2):
        mina.get(path)
    with django_assert_num_queries(0):
        assert mina.get(path).json()["category"] == "another"


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_statement_that_could_not_be_announced_is_not_told_of(monkeypatch):
    def fail(self):
        raise OperationalError("No host can be told.")

    told = []
    user = User.objects.create(email="mina@example.com")
    monkeypatch.setattr(AnnouncedChange, "_announced", fail)
    with hearing(told), pytest.raises(OperationalError):
        User.objects.update(email="other@example.com")
    monkeypatch.undo()
    user.refresh_from_db()
    assert (user.email, told) == ("mina@example.com", [])


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.parametrize("frame", [nullcontext, transaction.atomic])
def test_what_was_written_and_not_told_is_told_of(frame):
    told = []
    with hearing(told), frame():
        User.objects.create(email="mina@example.com")
    assert told == [{"accounts_user"}]


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.parametrize("frame", [nullcontext, transaction.atomic])
def test_a_statement_that_writes_gives_on_what_it_was_answered(frame):
    def answered(execute, *arguments):
        execute(*arguments)
        return "done"

    # The last wrapper is the innermost.
    with frame(), connection.execute_wrapper(answered), connection.cursor() as cursor:
        assert cursor.execute("UPDATE accounts_user SET is_staff = %s", [True]) == "done"
