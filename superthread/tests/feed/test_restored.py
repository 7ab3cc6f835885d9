"""Followers of a hub that was restored, into a cluster younger than its own; behind a pooler."""

import os
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from superthread.tests.feed.follower import Follower
from testing.postgres import start_postgres
from testing.servers.hub import HubServer, new_database
from testing.servers.pgbouncer import PROGRAM, PgBouncer

MEMORIES = "/superthread/memories"
# Memories that are saved after the backup.
LOST = 5


@pytest.fixture
def restored_elsewhere(tmp_path):
    """``restored_elsewhere(hub, file)``: a hub of the backup, in a database of its own: on
    PostgreSQL of a fresh cluster, whose transactions have smaller numbers."""
    started = []

    def make(hub, file):
        directory = tmp_path / "elsewhere"
        directory.mkdir()
        on_postgres = hub.environment.get("DATABASE_URL")
        url = new_database(start_postgres()) if on_postgres else None
        other = HubServer(directory, url, 1, SECRET_KEY=hub.environment["SECRET_KEY"])
        other.manage("restore", str(file))
        started.append(other)
        return other.start()

    yield make
    for one in started:
        one.stop()


def client_of(hub, headers):
    return httpx.Client(base_url=hub.url, headers=headers, timeout=60)


def save(client, text):
    return client.post(MEMORIES, json={"content": text}).json()["doc_id"]


@pytest.mark.drill
def test_after_a_restore_a_follower_goes_on_rightly_or_begins_again(
    new_hub, restored_elsewhere, tmp_path
):
    hub = new_hub(workers=1, SECRET_KEY="k" * 60)
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    with client_of(hub, headers) as client:
        before, after = Follower(client, limit=2), Follower(client)
        for number in range(3):
            save(client, f"Before {number}.")
        before.follow()
        save(client, "Unseen by one of them.")
        hub.manage("backup", str(tmp_path / "hub.backup"))
        for number in range(LOST):
            save(client, f"Lost {number}.")
        after.follow()
    other = restored_elsewhere(hub, tmp_path / "hub.backup")
    with client_of(other, headers) as client:
        # As many as were lost, in their places.
        saved = [save(client, f"Instead {number}.") for number in range(LOST)]
        before.client = after.client = client
        told = [one["doc_id"] for one in before.follow()]
        assert told[1:] == saved
        assert before.held == before.listed()
        answer = client.get("/superthread/changes", params={"cursor": after.cursor})
        assert (answer.status_code, answer.json()["code"]) == (410, "cursor-gone")
        after.begin()
        save(client, "And on.")
        after.follow()
        assert after.held == after.listed()


@pytest.mark.only_on("postgresql")
@pytest.mark.drill
@pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")
def test_behind_a_pooler_each_change_is_told_once_and_in_order(nursery, tmp_path):
    hub = nursery.hub(tmp_path, 2, HUB_RATE_LIMIT="off", HUB_PREPARED_STATEMENTS="off")
    name = hub.environment["DATABASE_URL"].rpartition("/")[2]
    with PgBouncer(os.environ["TEST_DATABASE_URL"]) as pooler:
        hub.environment["DATABASE_URL"] = pooler.url(name)
        with hub:
            _follow_many_savers(hub)


def _follow_many_savers(hub):
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    with client_of(hub, headers) as client, ThreadPoolExecutor(6) as pool:
        follower = Follower(client, limit=7)
        follower.begin()

        def write(number):
            doc_id = save(client, f"Note {number}.")
            client.patch(f"{MEMORIES}/{doc_id}", json={"content": f"Changed {number}."})

        writing = [pool.submit(write, number) for number in range(60)]
        told = []
        while not all(one.done() for one in writing):
            told += follower.follow()
        told += follower.follow()
        assert len(told) == 120
        assert len({(one["doc_id"], one["revision"]) for one in told}) == 120
        seen = {}
        for one in told:
            assert one["revision"] == seen.get(one["doc_id"], 0) + 1
            seen[one["doc_id"]] = one["revision"]
        assert follower.held == follower.listed()
