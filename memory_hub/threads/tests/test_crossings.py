"""How often a request crosses from the event loop into a worker thread, and when none is free."""

import asyncio
import threading
import time

import pytest

from memory_hub.core.errors import Unavailable
from memory_hub.threads.worker_pool import WorkerThreads


@pytest.fixture
def crossings(threads, monkeypatch):
    """The units of work that crossed."""
    crossed, run = [], threads.run

    async def counted(unit, **how):
        crossed.append(unit)
        return await run(unit, **how)

    monkeypatch.setattr(threads, "run", counted)
    return crossed


READS = [
    *("memories", "memories?scope=all", "memories/{id}", "permissions/{id}", "versions/{id}"),
    *("versions/{id}/diff?from=1", "stats", "info"),
]


@pytest.mark.parametrize("path", READS)
def test_a_read_crosses_once_and_a_kept_answer_never(mina, crossings, path):
    path = f"/superthread/{path.format(id=mina.save()['doc_id'])}"
    del crossings[:]
    assert mina.get(path).status_code == 200
    assert len(crossings) == 1
    assert mina.get(path).status_code == 200
    assert len(crossings) == 1


WRITES = [
    ("POST", "memories", {"content": "x"}),
    ("PATCH", "memories/{id}", {"content": "y"}),
    ("DELETE", "memories/{id}", None),
    ("POST", "permissions/{id}", {"permissions": {"jun@example.com": "viewer"}}),
    ("POST", "versions/{id}?description=here", None),
    ("POST", "search", {"query": "key"}),
    ("POST", "batch/save", {"memories": [{"content": "x"}, {"content": "y"}]}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=[w[1] for w in WRITES])
def test_a_write_or_search_crosses_once(mina, crossings, method, path, body):
    path = f"/superthread/{path.format(id=mina.save()['doc_id'])}"
    del crossings[:]
    options = {} if body is None else {"json": body}
    assert mina.request(method, path, **options).status_code < 300
    assert len(crossings) == 1


def test_what_needs_no_thread_takes_none(mina, nobody, crossings):
    del crossings[:]
    assert mina.get("/superthread/nothing-of-the-kind").status_code == 404
    assert mina.put("/superthread/memories", json={}).status_code == 405
    assert crossings == []


def test_a_full_queue_refuses_at_the_door_all_but_kept_answers_and_monitoring(
    mina, threads, monkeypatch
):
    kept = f"/superthread/memories/{mina.save()['doc_id']}"
    assert mina.get(kept).status_code == 200
    monkeypatch.setattr(threads, "queue", -threads.size)
    # The door does not even look whether there is such a path: that would cost too much.
    refused = mina.get("/superthread/nothing-of-the-kind")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) >= 1
    assert mina.get(kept).status_code == 200
    # Nobody must take a busy hub for a dead one.
    assert mina.get("/monitoring/health/live").status_code == 200


def test_a_page_of_an_allowed_origin_may_read_that_the_queue_is_full(
    mina, threads, monkeypatch, settings
):
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    monkeypatch.setattr(threads, "queue", -threads.size)
    origin = {"Origin": "https://friend.example"}
    refused = mina.get("/superthread/stats", headers=origin)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    asking = origin | {"Access-Control-Request-Method": "PATCH"}
    assert mina.request("OPTIONS", "/superthread/stats", headers=asking).status_code == 200


def test_beyond_the_queue_a_unit_is_refused_at_once():
    release = threading.Event()
    workers = WorkerThreads(size=1, queue=1)

    async def scenario():
        busy = [asyncio.create_task(workers.run(release.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        began = time.perf_counter()
        with pytest.raises(Unavailable) as refused:
            await workers.run(release.wait)
        waited = time.perf_counter() - began
        release.set()
        await asyncio.gather(*busy)
        return refused.value, waited

    try:
        refused, waited = asyncio.run(scenario())
    finally:
        release.set()
        workers.shutdown()
    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) >= 1
    assert waited < 1
