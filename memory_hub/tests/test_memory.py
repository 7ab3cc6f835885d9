"""What a worker takes of the machine's memory while many ask for as much as they may at once."""

import json
import random
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

MOST = 400  # MB, at any time
# Of what it was before, and seconds. By itself the worker comes down to 1.25 to 1.5: what is left
# is in Python's own blocks of a megabyte, each with a few objects in it. Then it is replaced.
AFTERWARDS, WITHIN = 1.2, 60.0
LONG = 1_000_000


def resident(pid: int) -> float:
    """MB; 0 of a process that is no more."""
    with suppress(OSError, IndexError):
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return 0.0


class Watched:
    """A hub of one worker, and the most that its worker ever took."""

    def __init__(self, hub: Any) -> None:
        self.hub = hub
        self.most, self._ended = 0.0, threading.Event()
        self._watch = threading.Thread(target=self._look)
        self.clients = [
            httpx.Client(
                base_url=hub.url,
                headers={"Authorization": f"Bearer {hub.token(f'user{number}@example.com')}"},
                timeout=120,
                # A worker that is replaced may close one at rest as a request sets out on it.
                limits=httpx.Limits(max_keepalive_connections=0),
            )
            for number in range(4)
        ]

    def __enter__(self) -> "Watched":
        self._watch.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._watch.join()
        for client in self.clients:
            client.close()

    def _look(self) -> None:
        while not self._ended.wait(0.02):
            self.most = max(self.most, self.now())

    def now(self) -> float:
        """MB of the worker there is; of two, while one takes the other's place, both."""
        return sum(map(resident, self.hub.workers()))

    def at_once(self, count: int, ask: Callable[[httpx.Client, int], httpx.Response]) -> list[int]:
        """The statuses of as many requests at the same time, of four users."""
        with ThreadPoolExecutor(count) as threads:
            asked = [threads.submit(ask, self.clients[n % 4], n) for n in range(count)]
            return [one.result().status_code for one in asked]


@pytest.fixture
def watched(new_hub: Callable[..., Any]) -> Iterator[Watched]:
    hub = new_hub(
        workers=1,
        HUB_RATE_LIMIT="off",
        HUB_LOGIN_LIMIT="off",
        HUB_LOGIN_ATTEMPTS=1000,
        HUB_ACCESS_LOG=0,
    )
    with Watched(hub) as made:
        yield made


def prose(size: int) -> str:
    choose = random.Random(size)
    words = ["".join(choose.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(4000)]
    return " ".join(choose.choices(words, k=size // 7))


def saved(client: httpx.Client, **fields: Any) -> httpx.Response:
    return client.post("/superthread/memories", json=fields)


def use(watched: Watched, long_ones: list[str]) -> None:
    """Ordinary work, for a worker that has come into its stride and keeps as many answers as it
    may."""

    def round_of(client: httpx.Client, number: int) -> httpx.Response:
        for step in range(10):
            size = (2_000, 60_000)[step % 2] + 10 * number + step
            doc_id = saved(client, content=prose(size)).json()["doc_id"]
            client.get(f"/superthread/memories/{doc_id}")
            client.get(f"/superthread/memories/{long_ones[(10 * number + step) % len(long_ones)]}")
            client.post("/superthread/search", json={"query": "abc def"})
            client.get("/login")
        return client.get("/superthread/memories")

    assert set(watched.at_once(8, round_of)) == {200}


def saves(watched: Watched) -> None:
    picture = b64encode(random.Random(1).randbytes(480_000)).decode()
    choose = random.Random(2)
    letters = [*map(chr, range(0xAC00, 0xD7A4)), *" " * 3000]
    hangul = "".join(choose.choices(letters, k=240_000))
    texts = [f"{prose(50_000)}\n![](data:image/png;base64,{picture})", hangul, prose(700_000)]
    watched.at_once(12, lambda client, n: saved(client, content=f"{n} {texts[n % 3]}"))


def lists(watched: Watched) -> None:
    watched.at_once(
        8, lambda client, n: client.get(f"/superthread/memories?scope=all&limit={100 - n}")
    )
    watched.at_once(
        8, lambda client, n: client.get(f"/superthread/memories?scope=public&limit={50 - n}")
    )


def searches(watched: Watched) -> None:
    body = {"query": "needle", "limit": 100}
    watched.at_once(20, lambda client, n: client.post("/superthread/search", json=body))


def passwords(watched: Watched) -> None:
    def log_in(_: httpx.Client, number: int) -> httpx.Response:
        with httpx.Client(base_url=watched.hub.url, timeout=120) as browser:
            browser.get("/login")
            form = {
                "login": f"user{number % 4}@example.com",
                "password": "wrong",
                "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            }
            return browser.post("/login", data=form, headers={"Referer": watched.hub.url})

    assert set(watched.at_once(18, log_in)) <= {200, 503}


def batches(watched: Watched) -> None:
    items = [{"content": prose(32_000 + number)} for number in range(950)]
    body = json.dumps({"memories": items}).encode()
    told = {"Content-Type": "application/json"}
    watched.at_once(
        4,
        lambda client, n: client.post("/superthread/batch/save", content=body, headers=told),
    )


def diffs(watched: Watched) -> None:
    def compare(client: httpx.Client, number: int) -> httpx.Response:
        lines = [prose(LONG + n).replace(" ", "\n") for n in (number, number + 50)]
        doc_id = saved(client, content=lines[0]).json()["doc_id"]
        client.patch(f"/superthread/memories/{doc_id}", json={"content": lines[1]})
        return client.get(f"/superthread/versions/{doc_id}/diff?from=1&to=2")

    watched.at_once(6, compare)


def slow_readers(watched: Watched) -> None:
    token = watched.clients[0].headers["Authorization"]
    with ExitStack() as connections:
        for number in range(30):
            connection = connections.enter_context(
                socket.create_connection(("127.0.0.1", watched.hub.port))
            )
            connection.sendall(
                f"GET /superthread/memories?scope=all&limit={30 + number % 20} HTTP/1.1\r\n"
                f"Host: localhost\r\nAuthorization: {token}\r\n\r\n".encode()
            )
        # All have been answered as far as the hub writes to them when the next one is.
        assert watched.at_once(1, lambda client, n: client.get("/superthread/stats")) == [200]


@pytest.mark.drill
def test_a_worker_takes_400_mb_at_most_and_gives_back_what_it_took(watched):
    long_ones = []
    for number in range(40):
        content = f"needle {number}\n{'x' * LONG}"
        made = saved(watched.clients[number % 4], content=content, scope="public")
        long_ones.append(made.json()["doc_id"])
    use(watched, long_ones)
    before = watched.now()
    peaks = {}
    for attack in (saves, lists, searches, passwords, batches, diffs, slow_readers):
        watched.most = 0.0
        attack(watched)
        peaks[attack.__name__] = round(watched.most)
    assert max(peaks.values()) <= MOST, peaks
    deadline = time.monotonic() + WITHIN
    while not 0 < (now := watched.now()) <= AFTERWARDS * before and time.monotonic() < deadline:
        time.sleep(0.5)
    assert 0 < now <= AFTERWARDS * before, (before, peaks)
    # In its place there is one that answers.
    assert watched.clients[0].get("/superthread/stats").status_code == 200
