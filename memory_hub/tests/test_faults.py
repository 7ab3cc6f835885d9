"""What script/bench faults does at length, once and small: no fault costs an acknowledged write.

The goals in seconds are the benchmark's; here a loaded machine may take its time.
"""

from pathlib import Path

import pytest

from benchmarks.faults import clock, disk, endless, postgres, processes, redis
from benchmarks.faults.hall import Hall
from testing.postgres import PostgresServer
from testing.servers.hub import HubServer, new_database


@pytest.fixture(scope="module")
def server():
    with PostgresServer(durable=True, settings=("max_connections=100",)) as server:
        yield server


@pytest.fixture
def hall(new_hub):
    """On the database of this run."""
    return Hall(
        lambda **variables: new_hub(**{"HUB_RATE_LIMIT": "off"} | variables),
        seconds=2,
        rate=15,
        kills=2,
    )


@pytest.fixture
def postgres_hall(server, tmp_path: Path):
    """On a PostgreSQL that a test may stop."""
    started = []

    def make(**variables) -> HubServer:
        hub = HubServer(tmp_path, new_database(server.url()), HUB_RATE_LIMIT="off", **variables)
        started.append(hub)
        return hub.start()

    yield Hall(make, postgres=server, seconds=2, rate=15)
    for hub in started:
        hub.stop()


@pytest.mark.drill
def test_a_graceful_restart_fails_no_request(hall):
    figures = processes.graceful_restart(hall).figures
    assert (figures["failed"], figures["workers_replaced"]) == ({}, True)


@pytest.mark.drill
def test_a_stop_answers_what_was_asked_before_it(hall):
    assert processes.graceful_stop(hall).figures["failed"] == {}


def test_a_killed_worker_is_replaced_and_no_acknowledged_write_is_lost(hall):
    figures = processes.killed_workers(hall).figures
    assert figures["acknowledged_writes_lost"] == 0
    assert not any(status.isdigit() for status in figures["failed"]), figures


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.drill
def test_while_postgresql_restarts_callers_are_told_and_afterwards_served(postgres_hall, mode):
    figures = postgres.database_restart(postgres_hall, mode).figures
    assert set(figures["while_down"]["failed"]) == {"503"}
    assert figures["after"]["failed"] == {}
    assert figures["acknowledged_writes_lost"] == 0


@pytest.mark.only_on("postgresql")
@pytest.mark.drill
def test_who_asks_after_all_connections_were_ended_is_answered(postgres_hall):
    figures = postgres.terminated_backends(postgres_hall).figures
    assert figures["backends_ended"] > 0
    assert figures["apart"]["requests"] > 0
    assert figures["apart"]["failed"] == {}


@pytest.mark.only_on("postgresql")
@pytest.mark.drill
def test_a_lock_that_is_never_given_up_costs_only_who_waits_for_it(postgres_hall):
    figures = endless.lock_never_given_up(postgres_hall).figures
    assert (figures["it_got"], figures["failed"]) == (503, {})


@pytest.mark.drill
def test_a_request_that_never_ends_is_given_up_and_delays_nobody(hall):
    figures = endless.endless_request(hall).figures
    assert [status for status, _ in figures["ended_with_after_s"].values()] == [503, 503]
    assert figures["failed"] == {}


@pytest.mark.only_on("sqlite")  # what blocks is not the database
@pytest.mark.drill
def test_a_worker_whose_event_loop_stands_still_is_replaced(hall):
    figures = endless.blocked_loop(hall).figures
    assert figures["new_connections"] > 0
    assert figures["slowest_of_them_ms"] < 5000
    assert figures["acknowledged_writes_lost"] == 0
    assert not any(status.isdigit() for status in figures["failed"]), figures


@pytest.mark.drill
def test_a_redis_that_dies_hangs_or_forgets_costs_no_answer(hall, redis_server):
    hall.redis = redis_server
    figures = redis.redis_faults(hall).figures
    assert (figures["failed"], figures["wrong_answers"]) == ({}, 0)
    assert figures["acknowledged_writes_lost"] == 0


@pytest.mark.drill
def test_a_clock_that_is_set_changes_no_order_and_is_honoured(hall):
    found = clock.clock_jumps(hall)
    assert found.ok, found.figures


# script/bench faults fills the disk of a PostgreSQL as well.
@pytest.mark.only_on("sqlite")
@pytest.mark.skipif(not disk.can_mount(), reason="only root can mount a small disk")
@pytest.mark.drill
def test_a_full_disk_refuses_writes_and_nothing_else(nursery, tmp_path):
    started = []

    def on_the_disk(workers: int, home: Path) -> HubServer:
        hub = nursery.hub(home, workers, HUB_RATE_LIMIT="off")
        hub.log = tmp_path / "server.log"
        started.append(hub)
        return hub.start()

    try:
        found = disk.full_disk(Hall(on_the_disk))
    finally:
        for hub in started:
            hub.stop()
    assert found.ok, found.figures
