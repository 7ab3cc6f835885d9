"""Processes killed under writers, in small; script/bench crash does it at length."""

import sqlite3

import psycopg2
import pytest

from testing.consistency.crash import crash, kill_a_worker
from testing.consistency.journal import Journal, Known, Rows, check
from testing.consistency.races import Caller
from testing.postgres import PostgresServer
from testing.servers.hub import HubServer, new_database


@pytest.mark.drill
def test_killed_workers_lose_nothing_acknowledged_and_leave_nothing_half(new_hub):
    hub = new_hub(workers=4, HUB_RATE_LIMIT="off")
    with Caller(hub.url, hub.token("mina@example.com")) as caller:
        acknowledged, judge = crash(hub, caller, lambda: kill_a_worker(hub), kills=2, writers=8)
    hub.stop()
    assert acknowledged >= 50
    assert judge() == []


@pytest.mark.only_on("postgresql")
@pytest.mark.drill
def test_a_crashed_postgresql_has_lost_nothing_acknowledged(tmp_path):
    with PostgresServer(durable=True) as postgres:
        hub = HubServer(tmp_path, new_database(postgres.url()), HUB_RATE_LIMIT="off")
        with hub, Caller(hub.url, hub.token("mina@example.com")) as caller:
            _, judge = crash(hub, caller, lambda: postgres.restart("immediate"), kills=1, writers=8)
        assert judge() == []


@pytest.fixture
def told(new_hub, tmp_path):
    """A hub that stored one call of a client's journal; ``told()`` is what the checker finds."""
    hub = new_hub(workers=1, HUB_RATE_LIMIT="off")
    journal = Journal(tmp_path / "journal")
    journal.acknowledge(journal.begin(["one"]))
    with Caller(hub.url, hub.token("mina@example.com")) as caller:
        caller.save("one")
    hub.stop()

    def told(*statements: str) -> list[str]:
        url = hub.environment.get("DATABASE_URL")
        path = hub.data_dir / "hub.sqlite3"
        connection = psycopg2.connect(url) if url else sqlite3.connect(path)
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        connection.commit()
        connection.close()
        rows = Rows(hub.data_dir, url)
        try:
            return check(Known.read([journal.path]), rows)
        finally:
            rows.close()

    told.journal = journal
    yield told
    journal.close()


@pytest.mark.drill
def test_the_checker_finds_each_kind_of_damage(told):
    assert told() == []
    told.journal.begin(["two", "three"])
    assert told() == []
    told.journal.acknowledge(told.journal.begin(["four"]))
    assert told() == ["acknowledged but lost: ['four']"]
    half = told("UPDATE superthread_memory SET content = 'one four two'")
    assert half == ["half a batch: ['two', 'three']", "a memory without its newest version"]
    unsent = told("UPDATE superthread_memory SET content = 'one four five'")
    assert "stored but never sent: five" in unsent
    torn = told(
        "UPDATE superthread_memory SET content = 'one four', version = 2",
        "DELETE FROM superthread_search_document",
    )
    assert torn == [
        "a memory without its newest version",
        "a memory that is not indexed",
    ]
