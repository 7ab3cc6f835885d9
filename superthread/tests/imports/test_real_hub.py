"""What only a real server shows: a long file goes to the disk, and a worker imports it."""

import json
import time

import pytest

from superthread.tests.transfer.formats.samples import chat, dumped, said

pytestmark = pytest.mark.drill
URL = "/superthread/imports"
PATIENCE = 120.0


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    """One hub with two workers for all of this file."""
    with nursery.hub(tmp_path_factory.mktemp("hub"), workers=2) as started:
        started.secret = started.token("mina@example.com")
        yield started


def _until_ended(wire, hub, where):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        status, _, content = wire.send(wire.head("GET", where, hub.secret)).answer()
        assert status == 200
        job = json.loads(content)
        if job["state"] not in ("waiting", "running"):
            return job
        time.sleep(0.2)
    raise AssertionError("The import has not ended.")


def test_a_file_longer_than_a_body_may_be_becomes_memories(hub, wire):
    talks = [chat(f"k-{n}", f"Talk {n}", said("user", f"hello {n}")) for n in range(20)]
    body = dumped(talks).encode() + b" " * (12 * 2**20)
    head = wire.head("POST", f"{URL}?filename=a.json", hub.secret, f"Content-Length: {len(body)}")
    status, headers, content = wire.send(head).send(body).answer()
    assert status == 202, content
    job = _until_ended(wire, hub, headers["location"])
    assert (job["state"], job["counts"], job["size"]) == ("done", {"saved": 20}, len(body))
    assert list((hub.data_dir / "imports").iterdir()) == []


def test_a_stranger_is_refused_before_the_file_is_read(hub, wire):
    head = wire.head("POST", URL, "mh_" + "x" * 40, f"Content-Length: {2**29}")
    status, headers, _ = wire.send(head).answer()
    assert (status, headers["connection"]) == (401, "close")
