"""SQLite under several writing processes, and what writes that fail leave behind."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from testing.consistency.races import MEMORIES, Caller, in_threads
from testing.servers.hub import HubServer

pytestmark = pytest.mark.only_on("sqlite")
LIMITS = {"HUB_RATE_LIMIT": "off"}


@contextmanager
def calling(hub: HubServer) -> Iterator[Caller]:
    with Caller(hub.url, hub.token("mina@example.com")) as caller:
        yield caller


@pytest.mark.drill
def test_four_processes_writing_never_find_the_database_locked(new_hub):
    statuses = Counter()
    with calling(new_hub(workers=4, **LIMITS)) as caller:

        def write(number: int) -> None:
            body = {"memories": [{"content": f"note {number}.{n}"} for n in range(5)]}
            batch = caller.http.post("/superthread/batch/save", json=body)
            doc_id = batch.json()["results"][0]["doc_id"]
            change = caller.http.patch(f"{MEMORIES}/{doc_id}", json={"content": "changed"})
            statuses.update([batch.status_code, change.status_code])

        in_threads(8, write, range(40))
        stored = caller.http.get("/superthread/stats").json()["total_documents"]
    assert statuses == {200: 80}
    assert stored == 200


@pytest.mark.drill
def test_writes_that_fail_leave_no_connection_stuck(new_hub):
    """Somebody holds the database for longer than the busy timeout; then lets go."""
    hub = new_hub(workers=4, **LIMITS, HUB_SQLITE_TIMEOUT=1)
    with calling(hub) as caller:

        def save(number: int) -> int:
            return caller.http.post(MEMORIES, json={"content": f"note {number}"}).status_code

        def saves(count: int, clients: int) -> Counter[int]:
            statuses = Counter()
            in_threads(clients, lambda number: statuses.update([save(number)]), range(count))
            return statuses

        save(0)
        other = sqlite3.connect(hub.data_dir / "hub.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert saves(8, clients=8) == {503: 8}
        assert caller.http.get("/superthread/health").status_code == 503
        # Reading goes on meanwhile.
        assert caller.http.get(MEMORIES).json()["count"] == 1
        other.execute("ROLLBACK")
        other.close()
        # One client: with so short a timeout several could find the database busy again.
        assert saves(40, clients=1) == {201: 40}
        assert caller.http.get("/superthread/health").status_code == 200


@pytest.mark.drill
def test_reading_with_a_token_for_the_first_time_waits_for_no_writer(new_hub):
    hub = new_hub(workers=1, HUB_SQLITE_TIMEOUT="4", **LIMITS)
    with calling(hub) as caller, closing(sqlite3.connect(hub.data_dir / "hub.sqlite3")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert caller.http.get(MEMORIES).status_code == 200
        assert time.monotonic() - began < 3
