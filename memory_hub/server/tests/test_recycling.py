"""A worker that large requests left large is replaced, one at a time, and loses nothing."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest

from memory_hub.caching import LRUCache, registry
from memory_hub.caching.shared_stats import SharedStats
from memory_hub.core import budget
from memory_hub.core.allocator import Trimmer
from memory_hub.server import recycling
from testing.consistency.races import Caller

MB = 2**20


class Process:
    """Stands for the present one: what it holds, the signals it sent itself, what it does later."""

    def __init__(self):
        self.bytes, self.signals, self.later = 100 * MB, [], []

    def kill(self, pid, number):
        self.signals.append(number)

    def timer(self, seconds, call):
        self.later.append(call)
        return SimpleNamespace(start=bool)


@pytest.fixture
def process(monkeypatch, tmp_path):
    made = Process()
    keeper = registry.Housekeeper(SharedStats(tmp_path / "board.map"))
    monkeypatch.setattr(registry, "housekeeper", lambda: keeper)
    # The process's own may be about to give back what another test took.
    monkeypatch.setattr(recycling, "trimmer", Trimmer())
    monkeypatch.setattr(recycling, "_own_bytes", lambda: made.bytes)
    monkeypatch.setattr(recycling.os, "kill", made.kill)
    monkeypatch.setattr(recycling, "Timer", made.timer)
    yield made
    keeper.loop.stop()


@pytest.fixture
def path(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return recycling._path()


def test_one_that_is_as_large_as_it_may_be_stays(process, path):
    worker = recycling.Recycling(path, 1, 48 * MB)
    process.bytes += 48 * MB
    worker.look()
    assert process.signals == []
    assert recycling.replaced() == 0


def test_one_that_is_larger_ends_once_the_graceful_way(process, path, caplog):
    worker = recycling.Recycling(path, 1, 48 * MB)
    process.bytes += 60 * MB
    with caplog.at_level("INFO"):
        worker.look()
        worker.look()
    assert process.signals == [signal.SIGTERM]
    assert recycling.replaced() == 1
    assert caplog.messages == ["This worker is replaced: it kept 60 MB"]


def test_what_it_usually_holds_is_allowed_to_it_and_a_little_more(process, path):
    worker = recycling.Recycling(path, 1, 24 * MB)
    process.bytes += 40 * MB
    worker.note_usual()
    process.bytes += 20 * MB
    worker.look()
    assert process.signals == []
    process.bytes += 2 * MB
    worker.look()
    assert process.signals == [signal.SIGTERM]


def test_what_it_usually_holds_is_not_allowed_to_it_without_end(process, path):
    worker = recycling.Recycling(path, 1, 24 * MB)
    process.bytes += 73 * MB
    worker.note_usual()
    worker.look()
    assert process.signals == [signal.SIGTERM]


def test_what_a_large_request_takes_meanwhile_is_not_usual(process, path):
    worker = recycling.Recycling(path, 1, 24 * MB)
    process.bytes += 60 * MB
    with budget.answers.holding(MB):
        worker.note_usual()
        worker.look()
    # Nor what is left of it while the worker waits for its turn to end.
    worker.note_usual()
    worker.look()
    assert process.signals == [signal.SIGTERM]


def test_what_its_caches_hold_is_not_held_against_it(process, path):
    worker = recycling.Recycling(path, 1, 48 * MB)
    cache = LRUCache(8, name="of this test")
    registry.register(cache)
    cache.set("answer", b"", weight=30 * MB)
    process.bytes += 70 * MB
    worker.look()
    assert process.signals == []
    cache.clear()
    worker.look()
    assert process.signals == [signal.SIGTERM]


def test_it_ends_when_the_large_request_under_way_is_over(process, path):
    worker = recycling.Recycling(path, 1, 48 * MB)
    process.bytes += 60 * MB
    with budget.answers.holding(MB):
        worker.look()
        worker.look()
        assert process.signals == []
    (again,) = process.later
    again()
    assert process.signals == [signal.SIGTERM]


def test_one_ends_at_a_time(process, path):
    first, second = (recycling.Recycling(path, 2, 0) for _ in range(2))
    process.bytes += 1
    first.look()
    second.look()
    assert process.signals == [signal.SIGTERM]
    # The lock is the process's that ends: with it, it goes.
    recycling.os.close(first._place)
    second.look()
    assert process.signals == [signal.SIGTERM] * 2


def test_each_of_them_three_times_in_ten_minutes(process, path, monkeypatch):
    process.bytes = 0
    for _ in range(4):
        worker = recycling.Recycling(path, 1, 0)
        process.bytes += 1
        worker.look()
        if worker._place >= 0:
            recycling.os.close(worker._place)
    assert len(process.signals) == recycling.replaced() == 3
    # Whether the clock goes on or was set back.
    for moment in (time.time() + 601, 5.0):
        monkeypatch.setattr(recycling.time, "time", lambda at=moment: at)
        worker = recycling.Recycling(path, 1, -1)
        worker.look()
        recycling.os.close(worker._place)
    assert len(process.signals) == 5


@pytest.mark.parametrize("text", ["", "no number", "7 1.5 x"])
def test_a_file_cut_off_by_a_full_disk_holds_nobody(process, path, text):
    path.parent.mkdir()
    path.write_text(text)
    recycling.Recycling(path, 1, -1).look()
    assert process.signals == [signal.SIGTERM]


@pytest.mark.drill
def test_a_replaced_worker_refuses_and_loses_nothing(new_hub):
    """Of the only worker there is, with clients that stay connected and others that come anew."""
    hub = new_hub(workers=1, HUB_WORKER_GROWTH_MB=1, HUB_RATE_LIMIT="off")
    (before,) = hub.workers()
    saved, gone = [], threading.Event()

    with Caller(hub.url, hub.token("mina@example.com")) as caller:

        def kept_open(number):
            while not gone.is_set():
                saved.append(caller.save(f"note {len(saved)} of {number}"))

        def anew(_):
            while not gone.is_set():
                answer = httpx.get(f"{caller.url}/superthread/stats", headers=caller.headers)
                answer.raise_for_status()

        large = {"content": "word " * 150_000}
        with ThreadPoolExecutor(8) as pool:
            for _ in range(8):
                caller.http.post("/superthread/memories", json=large).raise_for_status()
            asking = [pool.submit(ask, n) for ask in (kept_open, anew) for n in range(4)]
            deadline = time.monotonic() + 60
            while hub.workers() in ([before], []) and time.monotonic() < deadline:
                time.sleep(0.05)
            # And what comes to the next one.
            seen = len(saved) + 50
            while len(saved) < seen and time.monotonic() < deadline:
                time.sleep(0.05)
            gone.set()
            for one in asking:
                one.result()
        assert hub.workers() != [before]
        assert "This worker is replaced" in hub.log.read_text()
        for doc_id in saved:
            assert caller.http.get(f"/superthread/memories/{doc_id}").status_code == 200
