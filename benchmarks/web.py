"""What pages for people cost: p95 with one person, and the API's beside twenty who browse.

script/bench web
script/bench web --database postgresql --memories 10000

Fills a hub with memories of about 1 KB, logs a person in, and opens home, list, the part of it that
a script asks for, search, one memory, its form and its history, and what the filters suggest. Then
it asks the API for one memory and for a list at a steady rate, alone and beside people who open a
page each few seconds, in turns. Bytes are those over the wire, gzip.
"""

import argparse
import random
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx

from benchmarks.http.dataset import USER, memories, queries
from benchmarks.hubs import DATABASES
from testing.consistency.races import Caller
from testing.postgres import start_postgres
from testing.servers.hub import HubServer, new_database

PASSWORD = "correct horse battery staple"
BATCH = 1_000
# Requests of a page for its figure, and of the API in each turn.
PAGES, CALLS, TURNS = 60, 200, 3
# Of the pages, by name: what a script asks for, and what only those who may change a memory see.
PARTS, OF_EDITORS = ("part", "suggestions"), ("edit", "history")
RATE = 20.0  # calls of the API a second
VARIABLES = {"HUB_RATE_LIMIT": "off", "HUB_LOGIN_LIMIT": "off", "HUB_LOG_LEVEL": "WARNING"}


def main() -> None:
    options = _parse()
    url = new_database(start_postgres()) if options.database == "postgresql" else None
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-") as directory,
        HubServer(Path(directory), url, options.workers, **VARIABLES) as hub,
        Caller(hub.url, hub.token(USER)) as caller,
        ExitStack() as stack,
    ):
        started = time.monotonic()
        ids, public = _fill(caller, options.memories)
        print(f"{options.database}, {len(ids):,} memories in {time.monotonic() - started:.0f} s")
        hub.manage("shell", "--verbosity", "0", "-c", _accounts(options.people))
        people = [
            stack.enter_context(_person(hub.url, email))
            for email in (USER, *(_email(number) for number in range(options.people)))
        ]
        _alone(people[0], ids)
        _assets(people[0])
        _beside(caller, ids, people[1:], public, options.every)


def _email(number: int) -> str:
    return f"person{number}@example.com"


def _accounts(people: int) -> str:
    """A program that makes the accounts of the people, and gives all a password."""
    return (
        "from memory_hub.accounts.models import User\n"
        "from django.contrib.auth.hashers import make_password\n"
        f"hashed = make_password({PASSWORD!r})\n"
        f"emails = {[_email(number) for number in range(people)]}\n"
        "for email in emails: User.objects.create_user(email)\n"
        "User.objects.update(password=hashed)"
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--memories", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--every", type=float, default=4.0, help="seconds between a person's pages")
    return parser.parse_args()


def _fill(caller: Caller, count: int) -> tuple[list[str], list[str]]:
    """The ids of the memories, all of one user, and of those that are public."""
    ids: list[str] = []
    public: list[str] = []
    waiting = list(memories(count))
    for start in range(0, count, BATCH):
        batch = waiting[start : start + BATCH]
        answer = caller.http.post("/superthread/batch/save", json={"memories": batch}, timeout=300)
        answer.raise_for_status()
        made = [one["doc_id"] for one in answer.json()["results"]]
        ids += made
        public += [key for key, one in zip(made, batch, strict=True) if one["scope"] == "public"]
    return ids, public


@contextmanager
def _person(url: str, email: str) -> Iterator[httpx.Client]:
    """A browser of somebody who has logged in."""
    with httpx.Client(base_url=url, headers={"Accept-Encoding": "gzip"}, timeout=60) as client:
        client.get("/login")
        form = {"login": email, "password": PASSWORD}
        form["csrfmiddlewaretoken"] = client.cookies["csrftoken"]
        answer = client.post("/login", data=form)
        assert answer.status_code == 302, answer.text
        yield client


def _looks(
    ids: Sequence[str], own: Sequence[str], draw: random.Random
) -> dict[str, Callable[[], str]]:
    """The pages that are opened, by name; ``own`` are those that may be changed."""
    words = queries(1_000)
    return {
        "home": lambda: "/",
        "list": lambda: "/memories",
        "part": lambda: "/memories?scope=public",
        "search": lambda: f"/memories?q={draw.choice(words)}",
        "memory": lambda: f"/memories/{draw.choice(ids)}",
        "edit": lambda: f"/memories/{draw.choice(own)}/edit",
        "history": lambda: f"/memories/{draw.choice(own)}/history",
        "suggestions": lambda: "/memories/suggestions",
    }


def _alone(person: httpx.Client, ids: list[str]) -> None:
    print("one person            p50       p95   over the wire")
    for name, path in _looks(ids, ids, random.Random(3)).items():
        headers = {"HX-Request": "true"} if name in PARTS else {}
        person.get(path(), headers=headers)
        times, sizes = [], []
        for _ in range(PAGES):
            started = time.perf_counter()
            answer = person.get(path(), headers=headers)
            times.append(time.perf_counter() - started)
            assert answer.status_code in (200, 302), answer.status_code
            sizes.append(answer.num_bytes_downloaded)
        told = f"{_p50(times):7.1f} ms {_p95(times):7.1f} ms {max(sizes) / 1024:9.1f} KB"
        print(f"  {name:<14} {told}")


def _assets(person: httpx.Client) -> None:
    """All that the first page loads beside itself."""
    page = person.get("/memories")
    found = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', page.text)
    paths = {one for one in found if "/static/" in one}
    sizes = [person.get(urljoin("/", one)).num_bytes_downloaded for one in sorted(paths)]
    print(f"  {len(paths)} assets: {sum(sizes) / 1024:.1f} KB over the wire")


def _beside(
    caller: Caller, ids: list[str], people: list[httpx.Client], public: list[str], every: float
) -> None:
    """The API's p95 alone and beside people who read what is public, in turns."""
    alone: list[float] = []
    beside: list[float] = []
    pages: list[float] = []
    for _ in range(TURNS):
        alone += _asked(caller, ids)
        with _browsing(people, public, every, pages):
            beside += _asked(caller, ids)
    ratio = _p95(beside) / _p95(alone)
    told = f"API p95 alone {_p95(alone):.1f} ms, beside {len(people)} people {_p95(beside):.1f} ms"
    print(f"{told}, ratio {ratio:.2f}; p50 {_p50(alone):.1f} and {_p50(beside):.1f} ms")
    print(f"  {len(pages)} pages, p95 {_p95(pages):.1f} ms")


def _asked(caller: Caller, ids: list[str]) -> list[float]:
    """Times of the API's answers at RATE, each from when it was due."""
    draw, times = random.Random(5), []
    begun = time.perf_counter()
    for number in range(CALLS):
        due = begun + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        listed = {"limit": 10, "scope": "all"}
        path = "/superthread/memories"
        if number % 2:
            caller.http.get(path, params=listed).raise_for_status()
        else:
            caller.http.get(f"{path}/{draw.choice(ids)}").raise_for_status()
        times.append(time.perf_counter() - due)
    return times


@contextmanager
def _browsing(
    people: list[httpx.Client], public: list[str], every: float, pages: list[float]
) -> Iterator[None]:
    """People who open a page each ``every`` seconds, each from a moment of their own."""
    over = threading.Event()

    def browse(number: int, person: httpx.Client) -> None:
        draw = random.Random(number)
        looks = _looks(public, public, draw)
        # What is public is not theirs to change, and parts come with scripts.
        for name in (*OF_EDITORS, *PARTS):
            del looks[name]
        over.wait(draw.random() * every)
        while not over.is_set():
            started = time.perf_counter()
            answer = person.get(looks[draw.choice(list(looks))]())
            assert answer.status_code in (200, 302), answer.status_code
            pages.append(time.perf_counter() - started)
            over.wait(every)

    threads = [threading.Thread(target=browse, args=pair) for pair in enumerate(people)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _p50(times: list[float]) -> float:
    return statistics.median(times) * 1000


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] * 1000


if __name__ == "__main__":
    main()
