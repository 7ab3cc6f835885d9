"""Pairs of a write at one host and a question at the other: nothing old may be found."""

import itertools
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, fields
from typing import Any

import httpx

from testing.consistency.hosts import WELL, Fault, TwoHosts

MEMORIES = "/superthread/memories"


@dataclass
class Found:
    """What came of some pairs. ``old``, ``honoured`` and ``back`` must be 0.

    ``old``: an answer older than what was acknowledged before it was asked for. ``honoured``: one
    that a grant, a membership or a token opened that was taken away before. ``back``: one older
    than what the same reader had seen before, on either host. ``failed``: requests without a good
    answer.
    """

    pairs: int = 0
    old: int = 0
    honoured: int = 0
    back: int = 0
    failed: list[str] = field(default_factory=list)
    seen: int = 0  # answers of the travelling readers
    harms: int = 0  # how often the fault was done

    @property
    def wrong(self) -> int:
        return self.old + self.honoured + self.back


class Person:
    """A user with a connection to each host."""

    def __init__(self, hosts: TwoHosts, token: str) -> None:
        self.token = token
        headers = {"Authorization": f"Bearer {token}"}
        # To read the certificates of the world takes longer than all that is asked here.
        self._clients = [
            httpx.Client(base_url=hub.url, headers=headers, timeout=30, verify=False)
            for hub in (hosts.a, hosts.b)
        ]

    def ask(self, host: int, method: str, path: str, **options: Any) -> httpx.Response:
        return self._clients[host].request(method, path, **options)

    def close(self) -> None:
        for client in self._clients:
            client.close()


def _people(client: int) -> tuple[str, str]:
    """The addresses of an owner and a friend."""
    return f"owner{client}@example.com", f"friend{client}@example.com"


class Pairs:
    """Writes on one host and reads on the other: texts, and what opens a memory to a friend.

    Clients with different numbers share no person, no memory and no connection. Beside the writes
    a reader goes from host to host until `close`, which raises what ended it early.
    """

    def __init__(self, hosts: TwoHosts, client: int = 0) -> None:
        self.hosts, self.found = hosts, Found()
        mine, self._other = _people(client)
        self.owner = Person(hosts, hosts.token(mine))
        self.friend = Person(hosts, hosts.token(self._other))
        self.reader = Person(hosts, hosts.token(mine))
        # Not all clients are to do the same at the same time.
        self._turns, self._numbers = itertools.count(client), itertools.count(1)
        self._team = f"alpha{client}"
        self.owner.ask(0, "POST", "/accounts/teams", json={"team_key": self._team})
        self.texts = [self._save() for _ in range(3)]
        self.granted = self._save()
        self.teams = self._save(scope="team", team_key=self._team)
        self._known = dict.fromkeys(self.texts, 0)
        self._ended = False
        self._changing = self.texts[0]
        self._is_changing = threading.Event()
        self._reading = ThreadPoolExecutor(1)
        self._travels = self._reading.submit(self._travel)

    def close(self) -> None:
        self._ended = True
        self._is_changing.set()
        self._reading.shutdown()
        for person in (self.owner, self.friend, self.reader):
            person.close()
        self._travels.result()

    def _save(self, **fields: Any) -> str:
        answer = self._write(0, "POST", MEMORIES, json={"content": "0", **fields})
        return answer.json()["doc_id"]

    def run(self, count: int) -> None:
        """So many pairs, unless it is closed before."""
        kind = (self._text, self._text, self._grant, self._text, self._member, self._token)
        for turn in itertools.islice(self._turns, count):
            if self._ended:
                return
            # Six kinds over two hosts: each kind comes from either.
            kind[turn // 2 % len(kind)](turn % 2)
            self.found.pairs += 1

    def _travel(self) -> None:
        """Reads the text that is being changed, now here and now there."""
        newest = dict.fromkeys(self.texts, 0)
        while self._is_changing.wait() and not self._ended:
            doc_id = self._changing
            for host in (0, 1, 1, 0):
                answer = self.reader.ask(host, "GET", f"{MEMORIES}/{doc_id}")
                if answer.status_code == 200:
                    number = int(answer.json()["content"])
                    self.found.back += number < newest[doc_id]
                    newest[doc_id] = max(newest[doc_id], number)
                    self.found.seen += 1

    def _write(self, host: int, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self.owner.ask(host, method, path, **options)
        if not answer.is_success:
            self.found.failed.append(f"{method} {answer.status_code} {answer.text}")
        return answer

    def _text(self, host: int) -> None:
        doc_id, number = self.texts[next(self._numbers) % len(self.texts)], next(self._numbers)
        for _ in range(2):
            self._see(1 - host, doc_id)
        self._changing = doc_id
        self._is_changing.set()
        written = self._write(host, "PATCH", f"{MEMORIES}/{doc_id}", json={"content": str(number)})
        if written.is_success:
            self._known[doc_id] = number
        self._see(1 - host, doc_id)
        self._is_changing.clear()
        if self._ended:
            # Closed meanwhile: the reader is not to wait for another one.
            self._is_changing.set()

    def _see(self, host: int, doc_id: str) -> None:
        shown = self.owner.ask(host, "GET", f"{MEMORIES}/{doc_id}")
        if shown.status_code == 200:
            self.found.old += int(shown.json()["content"]) < self._known[doc_id]
        else:
            self.found.failed.append(f"GET {shown.status_code}")

    def _grant(self, host: int) -> None:
        path = f"/superthread/permissions/{self.granted}"
        self._take_away(
            host,
            self.granted,
            lambda: self._write(
                1 - host, "POST", path, json={"permissions": {self._other: "viewer"}}
            ),
            lambda: self._write(host, "POST", path, json={"permissions": {self._other: None}}),
        )

    def _member(self, host: int) -> None:
        path = f"/accounts/teams/{self._team}/members/{self._other}"
        self._take_away(
            host,
            self.teams,
            lambda: self._write(1 - host, "PUT", path, json={"role": "member"}),
            lambda: self._write(host, "DELETE", path),
        )

    def _take_away(
        self, host: int, doc_id: str, give: Callable[..., Any], take: Callable[..., Any]
    ) -> None:
        if not give().is_success:
            return
        for _ in range(2):
            # What was given on this host counts here at once.
            self.found.old += self._opens(self.friend, 1 - host, doc_id) is False
        if take().is_success:
            self.found.honoured += self._opens(self.friend, 1 - host, doc_id) is True

    def _opens(self, person: Person, host: int, doc_id: str) -> bool | None:
        """Whether they may read it; None where the answer is another."""
        status = person.ask(host, "GET", f"{MEMORIES}/{doc_id}").status_code
        if status not in (200, 401, 404):
            self.found.failed.append(f"GET {status}")
            return None
        return status == 200

    def _token(self, host: int) -> None:
        made = self._write(host, "POST", "/accounts/tokens", json={"scopes": ["memories:read"]})
        if not made.is_success:
            return
        short = Person(self.hosts, made.json()["token"])
        for _ in range(2):
            self.found.old += self._opens(short, 1 - host, self.texts[0]) is False
        if self._write(host, "DELETE", f"/accounts/tokens/{made.json()['id']}").is_success:
            self.found.honoured += self._opens(short, 1 - host, self.texts[0]) is True
        short.close()


def check_pairs(
    hosts: TwoHosts,
    fault: Fault,
    count: int,
    clients: int = 1,
    tell: Callable[[Found], None] = lambda _: None,
) -> Found:
    """So many pairs by so many clients at once: a sixth of them before the fault, two thirds while
    it comes and goes, a sixth after its last repair. ``tell`` is called now and then with what came
    of them so far."""
    with ThreadPoolExecutor(clients) as threads, ExitStack() as stack:
        for _ in threads.map(hosts.token, itertools.chain(*map(_people, range(clients)))):
            pass  # each takes a command
        every = [stack.enter_context(closing(Pairs(hosts, number))) for number in range(clients)]
        harms, sixth = 0, count // 6
        for part, now in ((sixth, WELL), (count - 2 * sixth, fault), (sixth, WELL)):
            running = [
                threads.submit(pairs.run, len(range(number, part, clients)))
                for number, pairs in enumerate(every)
            ]
            for harm in _turns(hosts, now, running):
                harms += harm
                tell(_total(every, harms))
    return _total(every, harms)


def _turns(hosts: TwoHosts, fault: Fault, running: list[Future[None]]) -> Iterable[bool]:
    """The fault comes and goes until all are done, and is repaired: whether it was harm, at the end
    of each turn. Raises what one of them raised.

    The calling thread does it all: what it starts ends with it.
    """
    for act in itertools.cycle((fault.harm, fault.repair)):
        act(hosts)
        done, going = wait(running, fault.a_while(), FIRST_EXCEPTION)
        for future in done:
            future.result()
        yield act is fault.harm and fault is not WELL
        if not going:
            break
    fault.repair(hosts)


def _total(every: Iterable[Pairs], harms: int) -> Found:
    total = Found(harms=harms)
    for pairs in every:
        for each in fields(Found):
            value = getattr(total, each.name) + getattr(pairs.found, each.name)
            setattr(total, each.name, value)
    return total
