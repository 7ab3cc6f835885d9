"""Whether the cache tells the truth: no old answer after a write, none after a permission ended."""

import argparse
import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from testing.postgres import start_postgres
from testing.servers.hub import HubServer, new_database

Finding = dict[str, int]


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--redis", metavar="URL", help="generations in this Redis as well")


def arguments_of_stale(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument("--reads", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=4)


def arguments_of_leaks(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument("--flips", type=int, default=200)


def stale(options: argparse.Namespace) -> None:
    """Prints how many checked reads were old."""
    with running(options) as hub:
        found = check_stale(hub, reads=options.reads, clients=options.clients)
    print(found)
    raise SystemExit(1 if found["old details"] or found["old lists"] else 0)


def leaks(options: argparse.Namespace) -> None:
    """Prints how many answers came after their permission had ended."""
    with running(options) as hub:
        found = check_leaks(hub, flips=options.flips)
    print(found)
    raise SystemExit(1 if any(found[name] for name in found if name != "flips") else 0)


@contextmanager
def running(options: argparse.Namespace) -> Any:
    url = new_database(start_postgres()) if options.database == "postgresql" else None
    variables = {"HUB_RATE_LIMIT": "off", "HUB_CONCURRENT_REQUESTS": 1000}
    if options.redis:
        variables["REDIS_URL"] = options.redis
    with (
        TemporaryDirectory(prefix="hub-truth-") as directory,
        HubServer(Path(directory), url, options.workers, **variables) as hub,
    ):
        yield hub


class Person:
    """A user of the hub. Every request opens a connection, so that any worker may take it."""

    def __init__(self, hub: HubServer, email: str, token: str | None = None) -> None:
        self.email, self.token = email, token or hub.token(email)
        self.client = httpx.Client(
            base_url=hub.url,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            verify=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.client.request(method, path, **options)

    def save(self, content: str, **fields: Any) -> str:
        answer = self.ask("POST", "/superthread/memories", json={"content": content, **fields})
        answer.raise_for_status()
        return answer.json()["doc_id"]


def check_stale(hub: HubServer, *, reads: int, clients: int) -> Finding:
    """Clients write and read shared public memories; every read is held against the history.

    A read that began after the acknowledgement of number n of a memory, to whomever, must show n or
    later, the detail as well as the list: that is "old". What a client has seen, the same client
    must see from then on, acknowledged or not: what breaks this is "back in time".
    """
    writer = Person(hub, "writer@example.com")
    ids = [writer.save("0", scope="public") for _ in range(5)]
    known = dict.fromkeys(ids, 0)  # the highest number acknowledged, per memory
    numbers = {doc_id: itertools.count(1) for doc_id in ids}
    locks = {doc_id: threading.Lock() for doc_id in ids}
    found = {"reads": 0, "writes": 0, "old details": 0, "old lists": 0, "back in time": 0}
    counting = threading.Lock()

    def write(doc_id: str) -> None:
        # The numbers of one memory go up.
        with locks[doc_id]:
            number = next(numbers[doc_id])
            path = f"/superthread/memories/{doc_id}"
            writer.ask("PATCH", path, json={"content": str(number)}).raise_for_status()
            known[doc_id] = number
        with counting:
            found["writes"] += 1

    def read_detail(person: Person, seen: Counter[str], doc_id: str) -> None:
        before = known[doc_id]
        answer = person.ask("GET", f"/superthread/memories/{doc_id}")
        judge("old details", doc_id, before, seen, answer.json()["content"])

    def read_list(person: Person, seen: Counter[str]) -> None:
        before = dict(known)
        answer = person.ask("GET", "/superthread/memories?scope=public&limit=50")
        shown = {one["doc_id"]: one["content"] for one in answer.json()["memories"]}
        for doc_id in ids:
            judge("old lists", doc_id, before[doc_id], seen, shown.get(doc_id, "-1"))

    def judge(kind: str, doc_id: str, before: int, seen: Counter[str], content: str) -> None:
        number = int(content)
        with counting:
            found["reads"] += 1
            found[kind] += number < before
            found["back in time"] += number < seen[doc_id]
        seen[doc_id] = max(seen[doc_id], number)

    def client(seed: int) -> None:
        draw, seen = random.Random(seed), Counter()
        person = Person(hub, f"reader{seed}@example.com") if seed else writer
        while found["reads"] < reads:
            kind, doc_id = draw.random(), draw.choice(ids)
            if kind < 0.1:
                write(doc_id)
            elif kind < 0.7:
                read_detail(person, seen, doc_id)
            else:
                read_list(person, seen)

    _together([lambda seed=seed: client(seed) for seed in range(clients)])
    return found


def _together(work: list[Callable[[], None]]) -> None:
    failures: list[BaseException] = []

    def guarded(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=guarded, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def check_leaks(hub: HubServer, *, flips: int) -> Finding:
    """Give and take away, against caches that are warm; 304 counts as an answer."""
    owner = Person(hub, "owner@example.com")
    friend = Person(hub, "friend@example.com")
    owner.ask("POST", "/accounts/teams", json={"team_key": "alpha"}).raise_for_status()
    flipping = {
        "grant": _flip_grant,
        "team": _flip_team,
        "scope": _flip_scope,
    }
    found = {"flips": 0} | dict.fromkeys(flipping, 0) | {"token": 0}
    for kind, flip in flipping.items():
        doc_id = owner.save(
            "secret", **({"scope": "team", "team_key": "alpha"} if kind == "team" else {})
        )
        for _ in range(flips):
            flip(owner, friend, doc_id, True)
            tag = _warm(friend, doc_id)
            flip(owner, friend, doc_id, False)
            found[kind] += _answers(friend, doc_id, tag, refused=404)
            found["flips"] += 1
    for _ in range(max(1, flips // 10)):
        found["token"] += _flip_token(hub, owner)
        found["flips"] += 1
    return found


def _flip_grant(owner: Person, friend: Person, doc_id: str, given: bool) -> None:
    body = {"permissions": {friend.email: "viewer" if given else None}}
    owner.ask("POST", f"/superthread/permissions/{doc_id}", json=body).raise_for_status()


def _flip_team(owner: Person, friend: Person, doc_id: str, given: bool) -> None:
    path = f"/accounts/teams/alpha/members/{friend.email}"
    method, more = ("PUT", {"json": {"role": "member"}}) if given else ("DELETE", {})
    owner.ask(method, path, **more).raise_for_status()


def _flip_scope(owner: Person, friend: Person, doc_id: str, given: bool) -> None:
    body = {"scope": "public" if given else "personal"}
    owner.ask("PATCH", f"/superthread/memories/{doc_id}", json=body).raise_for_status()


def _flip_token(hub: HubServer, owner: Person) -> int:
    """A token is made, warmed and revoked."""
    made = owner.ask("POST", "/accounts/tokens", json={"scopes": ["memories:read"]}).json()
    short = Person(hub, owner.email, made["token"])
    doc_id = owner.save("secret")
    tag = _warm(short, doc_id)
    owner.ask("DELETE", f"/accounts/tokens/{made['id']}").raise_for_status()
    return _answers(short, doc_id, tag, refused=401)


def _warm(person: Person, doc_id: str) -> str:
    """Have every worker keep the answers; the tag of the memory."""
    path = f"/superthread/memories/{doc_id}"
    for _ in range(6):
        answer = person.ask("GET", path)
        answer.raise_for_status()
        person.ask("GET", path, headers={"If-None-Match": answer.headers["etag"]})
        person.ask("GET", "/superthread/memories?scope=all")
    return answer.headers["etag"]


def _answers(person: Person, doc_id: str, tag: str, *, refused: int) -> int:
    """How many of some requests are answered though nothing may be any more."""
    path = f"/superthread/memories/{doc_id}"
    given = 0
    for _ in range(4):
        given += person.ask("GET", path).status_code != refused
        given += person.ask("GET", path, headers={"If-None-Match": tag}).status_code != refused
        listed = person.ask("GET", "/superthread/memories?scope=all")
        given += listed.status_code == 200 and doc_id in listed.text
    return given
