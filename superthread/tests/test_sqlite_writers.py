"""SQLite under several writing processes, and what writes that fail leave behind."""

import sqlite3
from collections import Counter

import pytest

from memory_hub.testing.races import MEMORIES, Caller, in_threads
from memory_hub.testing.server import HubServer


@pytest.fixture
def hub(tmp_path):
    """A hub on SQLite with four processes, whichever database this run tests."""
    with HubServer(tmp_path, None, workers=4, HUB_RATE_LIMIT="off", HUB_SQLITE_TIMEOUT=2) as hub:
        yield hub


@pytest.fixture
def caller(hub):
    with Caller(hub.url, hub.token("mina@example.com")) as caller:
        yield caller


def test_four_processes_writing_never_find_the_database_locked(caller):
    statuses = Counter()

    def write(number: int) -> None:
        body = {"memories": [{"content": f"note {number}.{n}"} for n in range(5)]}
        batch = caller.http.post("/superthread/batch/save", json=body)
        doc_id = batch.json()["results"][0]["doc_id"]
        change = caller.http.patch(f"{MEMORIES}/{doc_id}", json={"content": "changed"})
        statuses.update([batch.status_code, change.status_code])

    in_threads(8, write, range(40))
    assert statuses == {200: 80}
    assert caller.http.get("/superthread/stats").json()["total_documents"] == 200


def test_writes_that_fail_leave_no_connection_stuck(hub, caller):
    """Somebody holds the database for longer than the busy timeout; then lets go."""
    caller.save("before")
    other = sqlite3.connect(hub.data_dir / "hub.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    statuses = Counter()

    def save(number: int) -> None:
        answer = caller.http.post(MEMORIES, json={"content": f"note {number}"})
        statuses[answer.status_code] += 1

    in_threads(8, save, range(8))
    assert statuses == {503: 8}
    assert caller.http.get("/superthread/health").status_code == 503
    # Reading goes on meanwhile.
    assert caller.http.get(MEMORIES).json()["count"] == 1
    other.execute("ROLLBACK")
    other.close()
    statuses.clear()
    in_threads(8, save, range(40))
    assert statuses == {201: 40}
    assert caller.http.get("/superthread/health").status_code == 200
