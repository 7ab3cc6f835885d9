"""A worker that has answered nothing yet, and pages beside a crowd of callers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

PAGES = ("/docs", "/redoc", "/login", "/openapi.json", "/favicon.ico")
AT_ONCE = 24
# Of a worker, as HUB_THREADS has it unless told.
THREADS = 8


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    with nursery.hub(tmp_path_factory.mktemp("hub"), workers=1) as started:
        started.headers = {"Authorization": f"Bearer {started.token('mina@example.com')}"}
        yield started


def at_once(hub, calls):
    """The answers to the calls (method, path, body), all sent at the same moment."""
    gate = threading.Barrier(len(calls))

    def send(call):
        method, path, body = call
        how = {"headers": hub.headers, "timeout": 60, "follow_redirects": True}
        with httpx.Client(base_url=hub.url, **how) as client:
            gate.wait()
            return client.request(method, path, json=body)

    with ThreadPoolExecutor(len(calls)) as senders:
        return list(senders.map(send, calls))


# What compiles a query, makes a cache, reads a template or imports a module when it first comes.
FIRST = [
    ("POST", "/superthread/memories", {"content": "Jun has the key."}),
    ("GET", "/superthread/memories", None),
    ("POST", "/superthread/search", {"query": "key"}),
    ("GET", "/superthread/stats", None),
    ("GET", "/superthread/facets", None),
    ("GET", "/accounts/tokens", None),
    *(("GET", page, None) for page in (*PAGES[:2], "/openapi.json", "/admin/")),
    ("GET", "/google-docs/info", None),
]


def test_the_first_requests_of_a_worker_may_all_come_at_once(hub):
    answers = at_once(hub, FIRST * 3)
    unlike = {(one.request.url.path, one.status_code) for one in answers if not one.is_success}
    assert not unlike
    assert len({one.json()["doc_id"] for one in answers if one.status_code == 201}) == 3


def test_pages_are_answered_beside_a_crowd_of_callers(hub):
    ended = threading.Event()

    def crowd(_):
        answered = []
        with httpx.Client(base_url=hub.url, headers=hub.headers, timeout=60) as client:
            while not ended.is_set():
                answered.append(client.post("/superthread/search", json={"query": "key"}))
        return {answer.status_code for answer in answered}

    with ThreadPoolExecutor(AT_ONCE) as callers:
        crowding = callers.map(crowd, range(AT_ONCE))
        try:
            with httpx.Client(base_url=hub.url, timeout=60) as person:
                seen = [person.get(page, follow_redirects=True).status_code for page in PAGES * 3]
        finally:
            ended.set()
        crowd_seen = set().union(*crowding)
    # Whoever has to wait too long is told so; nobody gets an error of the hub's own.
    assert set(seen) <= {200, 503}
    assert seen.count(200) >= len(PAGES)
    assert crowd_seen <= {200, 503}
    assert 200 in crowd_seen


def threads_of(worker):
    (line,) = [
        line
        for line in Path(f"/proc/{worker}/status").read_text().splitlines()
        if line.startswith("Threads:")
    ]
    return int(line.split()[1])


@pytest.mark.drill
def test_pages_are_answered_by_the_threads_that_there_are(hub):
    (worker,) = hub.workers()
    at_once(hub, FIRST)
    before, seen, ended = threads_of(worker), [], threading.Event()

    def watch():
        while not ended.wait(0.01):
            seen.append(threads_of(worker))

    with ThreadPoolExecutor(1) as watcher:
        watching = watcher.submit(watch)
        try:
            answers = at_once(hub, [("GET", page, None) for page in PAGES * 10])
        finally:
            ended.set()
        watching.result()
    assert {one.status_code for one in answers} <= {200, 302, 503}
    assert max(seen) <= before + 2 * THREADS
