"""What is asked of every contender: the same requests in the same order."""

import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.http.connection import request
from benchmarks.http.contenders import Contender
from benchmarks.http.load import Requests

LIST = "/superthread/memories?scope=all&limit=20"
# Memories that a cache is asked for again and again.
HOT = 100


@dataclass(frozen=True)
class Scenario:
    """A kind of load: its name, whether caches are on, and how to make its requests."""

    name: str
    cached: bool
    make: Callable[[Contender], Requests]
    writes: bool = False

    def requests(self, to: Contender) -> Requests | None:
        """Its requests to a contender; None where that has no such call."""
        if to.calls is None:
            return self.make(to)
        make = to.calls.get(self.name)
        return make() if make else None


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


def batch(to: Contender) -> Requests:
    new = [one | {"scope": "personal"} for one in to.texts.memories(20, seed=8)]
    body = json.dumps({"memories": new}).encode()
    return itertools.repeat(request("POST", "/superthread/batch/save", to.token, body)).__next__


def search(to: Contender) -> Requests:
    bodies = [json.dumps({"query": word, "limit": 20}).encode() for word in to.texts.queries(200)]
    path = "/superthread/search"
    return itertools.cycle([request("POST", path, to.token, body) for body in bodies]).__next__


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
    Scenario("detail", False, detail_of(None)),
    Scenario("list of 20", False, same("GET", LIST)),
    Scenario("lists of 11 to 30", False, unlike_lists),
    Scenario("search", False, search),
    Scenario("save", False, save, writes=True),
    Scenario("batch of 20", False, batch, writes=True),
]
