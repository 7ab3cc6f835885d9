"""Pairs of a write at one host and a question at the other: nothing old may be found."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from testing.hosts import Fault, TwoHosts

MEMORIES = "/superthread/memories"
TEAM = "/accounts/teams/alpha"


@dataclass
class Found:
    """What came of some pairs. ``old``, ``honoured`` and ``back`` must be 0.

    ``old``: an answer older than what was acknowledged before it was asked for. ``honoured``: one
    that a grant, a membership or a token opened that was taken away before. ``back``: one older
    than what the same reader had seen on the other host. ``failed``:
    requests without a good answer. ``writes``: milliseconds of those that had one, before, during
    and after the fault.
    """

    pairs: int = 0
    old: int = 0
    honoured: int = 0
    back: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    seen: int = 0  # pairs of reads of the travelling reader
    writes: dict[str, list[float]] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        return self.old + self.honoured + self.back


class Person:
    """A user with a connection to each host."""

    def __init__(self, hosts: TwoHosts, token: str) -> None:
        self.token = token
        self._clients = [
            httpx.Client(base_url=hub.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
            for hub in (hosts.a, hosts.b)
        ]

    def ask(self, host: int, method: str, path: str, **options: Any) -> httpx.Response:
        return self._clients[host].request(method, path, **options)

    def close(self) -> None:
        for client in self._clients:
            client.close()


class Pairs:
    """Writes on one host and reads on the other: texts, and what opens a memory to a friend."""

    def __init__(self, hosts: TwoHosts, tell: Callable[[Found], None]) -> None:
        self.hosts, self.found, self._tell = hosts, Found(), tell
        self.owner = Person(hosts, hosts.token("owner@example.com"))
        self.friend = Person(hosts, hosts.token("friend@example.com"))
        self.reader = Person(hosts, hosts.token("owner@example.com"))
        self._numbers = itertools.count(1)
        self.phase = ""
        self.owner.ask(0, "POST", "/accounts/teams", json={"team_key": "alpha"})
        self.texts = [self._save() for _ in range(3)]
        self.granted = self._save()
        self.teams = self._save(scope="team", team_key="alpha")
        self._known = dict.fromkeys(self.texts, 0)

    def close(self) -> None:
        for person in (self.owner, self.friend, self.reader):
            person.close()

    def _save(self, **fields: Any) -> str:
        answer = self._write(0, "POST", MEMORIES, json={"content": "0", **fields})
        return answer.json()["doc_id"]

    def run(self, count: int, phase: str, every: Callable[[int], None]) -> None:
        """So many pairs; ``every`` is called before each with its number."""
        self.phase = phase
        for number in range(count):
            every(number)
            host = number % 2
            kind = (self._text, self._text, self._grant, self._text, self._member, self._token)
            # Six kinds over two hosts: each kind comes from either.
            kind[number // 2 % len(kind)](host)
            self.found.pairs += 1
            self._tell(self.found)

    def travel(self, stop: threading.Event) -> None:
        """Reads each text on one host and then on the other, until told to stop."""
        for doc_id in itertools.cycle(self.texts):
            if stop.is_set():
                return
            for first in (0, 1):
                shown = [
                    self.reader.ask(host, "GET", f"{MEMORIES}/{doc_id}")
                    for host in (first, 1 - first)
                ]
                if all(answer.status_code == 200 for answer in shown):
                    before, after = (int(answer.json()["content"]) for answer in shown)
                    self.found.back += after < before
                    self.found.seen += 1

    def _write(self, host: int, method: str, path: str, **options: Any) -> httpx.Response:
        began = time.perf_counter()
        answer = self.owner.ask(host, method, path, **options)
        took = 1000 * (time.perf_counter() - began)
        if answer.is_success:
            self.found.writes.setdefault(self.phase, []).append(took)
        else:
            self.found.failed[f"{method} {answer.status_code} {answer.text}"] += 1
        return answer

    def _text(self, host: int) -> None:
        doc_id, number = self.texts[next(self._numbers) % len(self.texts)], next(self._numbers)
        path = f"{MEMORIES}/{doc_id}"
        for _ in range(2):
            self.owner.ask(1 - host, "GET", path)
        if self._write(host, "PATCH", path, json={"content": str(number)}).is_success:
            self._known[doc_id] = number
        shown = self.owner.ask(1 - host, "GET", path)
        if shown.status_code == 200:
            self.found.old += int(shown.json()["content"]) < self._known[doc_id]
        else:
            self.found.failed[f"GET {shown.status_code}"] += 1

    def _grant(self, host: int) -> None:
        path = f"/superthread/permissions/{self.granted}"
        given = {"permissions": {"friend@example.com": "viewer"}}
        taken = {"permissions": {"friend@example.com": None}}
        self._take_away(
            host,
            self.granted,
            lambda: self._write(1 - host, "POST", path, json=given),
            lambda: self._write(host, "POST", path, json=taken),
        )

    def _member(self, host: int) -> None:
        path = f"{TEAM}/members/friend@example.com"
        self._take_away(
            host,
            self.teams,
            lambda: self._write(1 - host, "PUT", path, json={"role": "member"}),
            lambda: self._write(host, "DELETE", path),
        )

    def _take_away(
        self, host: int, doc_id: str, give: Callable[..., Any], take: Callable[..., Any]
    ) -> None:
        path = f"{MEMORIES}/{doc_id}"
        if not give().is_success:
            return
        for _ in range(2):
            # What was given on this host counts here at once.
            self.found.old += self.friend.ask(1 - host, "GET", path).status_code != 200
        if take().is_success:
            self.found.honoured += self.friend.ask(1 - host, "GET", path).status_code == 200

    def _token(self, host: int) -> None:
        made = self._write(host, "POST", "/accounts/tokens", json={"scopes": ["memories:read"]})
        if not made.is_success:
            return
        path = f"{MEMORIES}/{self.texts[0]}"
        short = Person(self.hosts, made.json()["token"])
        for _ in range(2):
            self.found.old += short.ask(1 - host, "GET", path).status_code != 200
        if self._write(host, "DELETE", f"/accounts/tokens/{made.json()['id']}").is_success:
            self.found.honoured += short.ask(1 - host, "GET", path).status_code == 200
        short.close()


def check_pairs(
    hosts: TwoHosts, fault: Fault, count: int, tell: Callable[[Found], None] = lambda _: None
) -> Found:
    """So many pairs: a sixth of them before the fault, two thirds in it, a sixth after its repair,
    all the while beside a reader who goes from host to host. ``tell`` is called after each with
    what came of them so far."""
    pairs, stop = Pairs(hosts, tell), threading.Event()
    reader = threading.Thread(target=pairs.travel, args=(stop,))
    reader.start()

    def harm_again(number: int) -> None:
        if fault.again and number and number % fault.again == 0:
            fault.harm(hosts)

    try:
        pairs.run(count // 6, "before", lambda _: None)
        fault.harm(hosts)
        pairs.run(count - 2 * (count // 6), "during", harm_again)
        fault.repair(hosts)
        pairs.run(count // 6, "after", lambda _: None)
    finally:
        stop.set()
        reader.join()
        pairs.close()
    return pairs.found
