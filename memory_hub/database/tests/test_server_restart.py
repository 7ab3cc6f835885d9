"""What a restart of PostgreSQL, or the end of a connection, leaves behind: nothing."""

import signal
import time

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError

pytestmark = pytest.mark.only_on("postgresql")  # one of these tests alone

# With a timeout (ms) the call returns when the other process is gone, not when it was told to go.
TERMINATE = """SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE application_name = 'memory-hub' AND pid <> pg_backend_pid()"""


def fill(db, executor) -> None:
    """Have several connections lie in the pool."""
    list(executor.map(db.ask, ["SELECT pg_sleep(0.02)"] * 16))


@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.parametrize("pooled", [1, 0])
def test_every_unit_begun_after_a_restart_works(database, server, executor, mode, pooled):
    db = database(HUB_POOL=pooled, HUB_POOL_SIZE=4)
    fill(db, executor)
    server.restart(mode)
    assert list(executor.map(db.ask, ["SELECT 1"] * 16)) == [1] * 16


def test_while_the_server_is_down_a_unit_fails_as_operational_error(database, server, executor):
    db = database(HUB_POOL_SIZE=4)
    fill(db, executor)
    server.stop("fast")
    try:
        with pytest.raises(OperationalError):
            db.ask("SELECT 1")
        with pytest.raises(OperationalError):
            db.ask("SELECT 1")
    finally:
        server.start()
    assert db.ask("SELECT 1") == 1
    assert db.statistics()["checked_out"] == 0


def test_connections_the_server_ended_are_not_lent_again(database, executor):
    db = database(HUB_POOL_SIZE=4)
    fill(db, executor)
    other = database(HUB_POOL_SIZE=1)
    assert other.ask(TERMINATE) >= 4
    assert list(executor.map(db.ask, ["SELECT 1"] * 16)) == [1] * 16


def test_a_connection_that_ends_in_mid_transaction_is_dropped(database):
    db = database(HUB_POOL_SIZE=1)
    db.connection.set_autocommit(False)
    with db.connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    database(HUB_POOL_SIZE=1).ask(TERMINATE)
    with pytest.raises((DatabaseError, InterfaceError)):
        db.ask("SELECT 1")
    assert db.ask("SELECT 1") == 1


def test_without_the_ping_a_stale_connection_fails_once(database, server):
    db = database(HUB_POOL_SIZE=1, HUB_POOL_PRE_PING=0)
    db.ask("SELECT 1")
    server.restart("fast")
    with pytest.raises(DatabaseError):
        db.ask("SELECT 1")
    assert db.ask("SELECT 1") == 1


@pytest.mark.drill
def test_a_server_that_does_not_answer_holds_a_few_threads_up_and_no_more(
    database, server, executor
):
    db = database(HUB_POOL_SIZE=16, HUB_CONNECT_TIMEOUT=3)

    def seconds_until_told(_: int) -> float:
        began = time.monotonic()
        with pytest.raises(OperationalError):
            db.ask("SELECT 1")
        return time.monotonic() - began

    server.process.send_signal(signal.SIGSTOP)
    try:
        waits = list(executor.map(seconds_until_told, range(16)))
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert sum(seconds > 2.5 for seconds in waits) <= 4, waits
    assert list(executor.map(db.ask, ["SELECT 1"] * 16)) == [1] * 16
