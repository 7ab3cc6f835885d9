"""What only a real server shows: a long file goes to the disk, and a worker imports it."""

import json
import time

import httpx
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


def test_nobody_waits_for_another_persons_points(new_hub):
    hub = new_hub(workers=1, HUB_RATE_LIMIT="300/minute")
    with httpx.Client(base_url=hub.url, timeout=60) as web:

        def sent(name, count):
            head = {"Authorization": f"Bearer {hub.token(f'{name}@example.com')}"}
            lines = "\n".join(json.dumps({"content": f"note {n}"}) for n in range(count))
            answer = web.post(URL, content=lines, params={"filename": "a.jsonl"}, headers=head)
            assert answer.status_code == 202, answer.text
            return lambda: web.get(answer.headers["Location"], headers=head).json()

        def until(holds):
            end = time.monotonic() + PATIENCE
            while not holds():
                assert time.monotonic() < end
                time.sleep(0.5)

        # More than five minutes' points.
        long = sent("mina", 5000)
        until(lambda: long()["why"].startswith("Goes on within"))
        short = sent("jun", 5)
        until(lambda: short()["state"] == "done")
        assert short()["counts"] == {"saved": 5}
        assert long()["state"] == "running"


def test_a_stranger_is_refused_before_the_file_is_read(hub, wire):
    head = wire.head("POST", URL, "mh_" + "x" * 40, f"Content-Length: {2**29}")
    status, headers, _ = wire.send(head).answer()
    assert (status, headers["connection"]) == (401, "close")
