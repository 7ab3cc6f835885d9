"""What is asked of every contender: the same requests in the same order."""

import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice

from benchmarks.http.connection import request
from benchmarks.http.contenders import Contender
from benchmarks.http.load import Outcome, Requests, closed

LIST = "/superthread/memories?scope=all&limit=20"
# Memories that a cache is asked for again and again.
HOT = 100
# Characters of a short memory, memories of a large batch, and large batches that are unlike.
SHORT, LARGE, UNLIKE = 150, 1_000, 5
# Puts a load on a server, by its `seconds` and `connections`.
Load = Callable[..., Outcome]


@dataclass(frozen=True)
class Scenario:
    """A kind of load: its name, whether caches are on, how to make its requests (None: a contender
    has no such call), whether it writes, whether it is put on with the numbers of connections that
    are asked for, and with which others."""

    name: str
    cached: bool
    make: Callable[[Contender], Requests | None]
    writes: bool = False
    usual: bool = True
    also: tuple[int, ...] = ()

    def load(self, to: Contender) -> Load | None:
        """Puts it on a contender; None where that has no such call."""
        make = partial(self.make, to) if to.calls is None else to.calls.get(self.name)
        requests = make() if make else None
        return partial(closed, to.port, requests) if requests else None


def detail_of(count: int | None) -> Callable[[Contender], Requests]:
    """One memory after another of the first `count`."""

    def make(to: Contender) -> Requests:
        ids = to.doc_ids[:count]
        all_requests = [request("GET", f"/superthread/memories/{one}", to.token) for one in ids]
        return itertools.cycle(all_requests).__next__

    return make


def same(method: str, path: str) -> Callable[[Contender], Requests]:
    return lambda to: itertools.repeat(request(method, path, to.token)).__next__


def unlike_lists(to: Contender) -> Requests:
    """Of 11 to 30 memories, one after another: no two that are under way ask the same."""
    paths = [f"/superthread/memories?scope=all&limit={count}" for count in range(11, 31)]
    return itertools.cycle([request("GET", path, to.token) for path in paths]).__next__


def save(to: Contender) -> Requests:
    new = list(to.texts.memories(200, seed=7))
    bodies = [json.dumps(one | {"scope": "personal"}).encode() for one in new]
    path = "/superthread/memories"
    return itertools.cycle([request("POST", path, to.token, body) for body in bodies]).__next__


def save_short(to: Contender) -> Requests:
    texts = (one["content"] for one in to.texts.memories(2_000, seed=9))
    short = islice((text[:SHORT] for text in texts if len(text) >= SHORT), 500)
    bodies = [json.dumps({"content": text}).encode() for text in short]
    path = "/superthread/memories"
    return itertools.cycle([request("POST", path, to.token, body) for body in bodies]).__next__


def batch(to: Contender) -> Requests:
    new = [one | {"scope": "personal"} for one in to.texts.memories(20, seed=8)]
    body = json.dumps({"memories": new}).encode()
    return itertools.repeat(request("POST", "/superthread/batch/save", to.token, body)).__next__


def large_batch(to: Contender) -> Requests:
    all_of = [{"content": one["content"]} for one in to.texts.memories(UNLIKE * LARGE, seed=10)]
    parts = [all_of[start : start + LARGE] for start in range(0, len(all_of), LARGE)]
    bodies = [json.dumps({"memories": part}).encode() for part in parts]
    path = "/superthread/batch/save"
    return itertools.cycle([request("POST", path, to.token, body) for body in bodies]).__next__


def search(to: Contender, token: str | None = None) -> Requests:
    bodies = [json.dumps({"query": word, "limit": 20}).encode() for word in to.texts.queries(200)]
    path = "/superthread/search"
    of = token or to.token
    return itertools.cycle([request("POST", path, of, body) for body in bodies]).__next__


def search_by_guest(to: Contender) -> Requests | None:
    """By who sees only what is public."""
    return search(to, to.guest) if to.guest else None


def mix(to: Contender) -> Requests:
    """70 % details by Zipf's law, 15 % lists, 10 % searches, 5 % writes."""
    draw = random.Random(5)
    weights = [1 / rank for rank in range(1, len(to.doc_ids) + 1)]
    sums = list(itertools.accumulate(weights))
    searching, saving = search(to), save(to)
    lists = [
        request("GET", f"/superthread/memories?scope={scope}&limit=20", to.token)
        for scope in ("personal", "public", "all")
    ]

    def next_request() -> bytes:
        kind = draw.random()
        if kind < 0.70:
            one = draw.choices(to.doc_ids, cum_weights=sums)[0]
            return request("GET", f"/superthread/memories/{one}", to.token, gzip=True)
        if kind < 0.85:
            return draw.choice(lists)
        return searching() if kind < 0.95 else saving()

    return next_request


SCENARIOS = [
    Scenario("detail, cached", True, detail_of(HOT)),
    Scenario("list of 20, cached", True, same("GET", LIST)),
    Scenario("detail", False, detail_of(None), also=(1, 64)),
    Scenario("list of 20", False, same("GET", LIST)),
    Scenario("lists of 11 to 30", False, unlike_lists),
    Scenario("search", False, search),
    Scenario("search by a guest", False, search_by_guest),
    Scenario("save", False, save, writes=True),
    Scenario("batch of 20", False, batch, writes=True),
    Scenario("save of 150", False, save_short, writes=True, usual=False, also=(1,)),
    Scenario("batch of 1,000", False, large_batch, writes=True, usual=False, also=(1,)),
]
