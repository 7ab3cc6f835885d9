"""What script/bench faults does at length, once and small: no fault costs an acknowledged write.

The goals in seconds are the benchmark's; here a loaded machine may take its time.
"""

from pathlib import Path

import pytest

from benchmarks.faults import scenarios
from memory_hub.testing.postgres import PostgresServer
from memory_hub.testing.server import HubServer, new_database


@pytest.fixture(scope="module")
def postgres():
    with PostgresServer(durable=True, settings=("max_connections=100",)) as server:
        yield server


@pytest.fixture
def hall(new_hub):
    """On the database of this run."""
    return scenarios.Hall(
        lambda **variables: new_hub(HUB_RATE_LIMIT="off", **variables), seconds=2, rate=15, kills=2
    )


@pytest.fixture
def postgres_hall(postgres, tmp_path: Path):
    """On a PostgreSQL that a test may stop."""
    started = []

    def make(**variables) -> HubServer:
        hub = HubServer(tmp_path, new_database(postgres.url()), HUB_RATE_LIMIT="off", **variables)
        started.append(hub)
        return hub.start()

    yield scenarios.Hall(make, postgres, seconds=2, rate=15)
    for hub in started:
        hub.stop()


def test_a_graceful_restart_fails_no_request(hall):
    figures = scenarios.graceful_restart(hall).figures
    assert (figures["failed"], figures["workers_replaced"]) == ({}, True)


def test_a_killed_worker_is_replaced_and_no_acknowledged_write_is_lost(hall):
    figures = scenarios.killed_workers(hall).figures
    assert figures["acknowledged_writes_lost"] == 0
    assert not any(status.isdigit() for status in figures["failed"]), figures


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_while_postgresql_restarts_callers_are_told_and_afterwards_served(postgres_hall, mode):
    figures = scenarios.database_restart(postgres_hall, mode).figures
    assert set(figures["while_down"]["failed"]) == {"503"}
    assert figures["after"]["failed"] == {}
    assert figures["acknowledged_writes_lost"] == 0


@pytest.mark.only_on("postgresql")
def test_a_lock_that_is_never_given_up_costs_only_who_waits_for_it(postgres_hall):
    figures = scenarios.endless_request(postgres_hall).figures
    assert (figures["it_got"], figures["failed"]) == (503, {})
