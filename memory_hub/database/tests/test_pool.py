"""Connections are lent, given back and bounded, whatever the threads do with them."""

import gc
import os
import threading

import pytest
from django.db import DatabaseError, OperationalError

from memory_hub.database.pool import PoolExhausted
from testing.polling import wait_until

pytestmark = pytest.mark.only_on("postgresql")  # one of these tests alone

SLEEP = "SELECT pg_sleep(0.02)"


def test_units_one_after_another_share_one_connection(database):
    db = database()
    assert len({db.ask("SELECT pg_backend_pid()") for _ in range(10)}) == 1
    assert db.statistics()["total_connects"] == 1
    assert db.statistics()["total_checkouts"] == 10


def test_threads_give_their_connections_back_and_never_have_too_many(database, executor):
    db = database(HUB_POOL_SIZE=3, HUB_POOL_OVERFLOW=2)
    list(executor.map(db.ask, [SLEEP] * 64))
    stats = db.statistics()
    assert stats["checked_out"] == stats["waiting"] == stats["overflow"] == 0
    assert stats["checked_in"] == 3
    open_now = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'memory-hub'"
    assert db.ask(open_now) <= 5


def test_a_thread_that_ends_without_giving_back_loses_nothing(database):
    db = database(HUB_POOL_SIZE=1, HUB_POOL_TIMEOUT=0.2)
    forgetful = threading.Thread(target=lambda: db.connection.ensure_connection())
    forgetful.start()
    forgetful.join()
    # Django's connection objects refer to themselves: only the collector ends them.
    gc.collect()
    assert db.ask("SELECT 1") == 1


def test_what_was_not_committed_is_rolled_back_before_the_next_one(database):
    db = database(HUB_POOL_SIZE=1)
    db.ask("CREATE TABLE IF NOT EXISTS unfinished (n int)")
    db.connection.set_autocommit(False)
    db.ask("INSERT INTO unfinished VALUES (1)")
    assert db.ask("SELECT count(*) FROM unfinished") == 0


def test_an_exhausted_pool_says_so_in_time(database, executor):
    db = database(HUB_POOL_SIZE=1, HUB_POOL_TIMEOUT=0.1)
    db.connection.ensure_connection()
    with pytest.raises(PoolExhausted) as refused:
        executor.submit(db.ask, "SELECT 1").result()
    assert isinstance(refused.value, OperationalError)
    assert refused.value.retry_after == 1
    assert db.statistics()["total_timeouts"] == 1
    db.connection.close()
    assert executor.submit(db.ask, "SELECT 1").result() == 1


def test_a_waiting_thread_gets_the_connection_that_comes_free(database, executor):
    db = database(HUB_POOL_SIZE=1, HUB_POOL_TIMEOUT=20)
    db.connection.ensure_connection()
    waiting = executor.submit(db.ask, "SELECT 1")
    wait_until(lambda: db.statistics()["waiting"])
    assert db.statistics()["checked_out"] == 1
    db.connection.close()
    assert waiting.result() == 1


def test_a_forked_worker_makes_connections_of_its_own(database):
    db = database()
    ours = db.ask("SELECT pg_backend_pid()")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, str(db.ask("SELECT pg_backend_pid()")).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    theirs = int(os.read(reader, 20))
    os.close(reader)
    os.close(writer)
    assert theirs != ours
    assert db.ask("SELECT pg_backend_pid()") == ours


@pytest.mark.parametrize(
    ("variable", "sql"),
    [
        ("HUB_STATEMENT_TIMEOUT", "SELECT pg_sleep(30)"),
        ("HUB_LOCK_TIMEOUT", "LOCK TABLE contended"),
    ],
)
def test_a_statement_ends_at_its_limit(database, executor, variable, sql):
    holder = database()
    holder.ask("CREATE TABLE IF NOT EXISTS contended (n int)")
    holder.connection.set_autocommit(False)
    with holder.connection.cursor() as cursor:
        cursor.execute("LOCK TABLE contended")
    db = database(**{variable: 0.1})
    db.connection.set_autocommit(False)
    with pytest.raises(OperationalError, match="timeout"):
        db.ask(sql)
    assert db.ask("SELECT 1") == 1


def test_an_idle_transaction_is_ended_and_frees_its_locks(database):
    db = database(HUB_IDLE_TRANSACTION_TIMEOUT=0.1)
    db.connection.set_autocommit(False)
    with db.connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        idle = cursor.fetchone()[0]
    other = database(HUB_IDLE_TRANSACTION_TIMEOUT=0)
    there = f"SELECT count(*) FROM pg_stat_activity WHERE pid = {idle}"
    wait_until(lambda: not other.ask(there))
    with pytest.raises(DatabaseError):
        db.ask("SELECT 1")
    assert db.ask("SELECT 1") == 1
