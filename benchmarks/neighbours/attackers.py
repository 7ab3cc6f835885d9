"""The attackers: each a user who asks for nothing but what the limits allow."""

import itertools
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from benchmarks.http.connection import request
from benchmarks.http.dataset import memories, queries
from benchmarks.neighbours import ground
from benchmarks.neighbours.ground import MEMORIES, VERSIONS, Ground


class Answer(NamedTuple):
    status: int
    body: bytes


# The requests of one connection; each is sent when the one before it was answered.
Client = Generator[bytes, Answer, None]


@dataclass(frozen=True)
class Attacker:
    """``clients`` connections of one user; ``lay`` puts what they need into the hub before."""

    clients: int
    client: Callable[[Ground, int], Client]
    lay: Callable[..., None] = ground.nothing
    # Bytes a second that a connection takes of its answers; 0: as they come.
    takes: int = 0


def _json(method: str, path: str, token: str, body: object) -> bytes:
    return request(method, path, token, orjson.dumps(body))


def _anew(path: str, token: str, number: int) -> bytes:
    """A GET that no kept answer answers: one of its headers was never there before."""
    asked = request("GET", path, token)
    return asked[:-2] + b"X-Anew: %d\r\n\r\n" % number


def _saves(here: Ground, place: int) -> Client:
    draw = random.Random(place)
    bodies = [{"content": ground.hangul(draw, 900_000)} for _ in range(3)]
    asked = [_json("POST", MEMORIES, here.tokens[0], body) for body in bodies]
    while True:
        yield asked[draw.randrange(3)]


def _batches(here: Ground, place: int) -> Client:
    draw = random.Random(place)
    items = [{"content": ground.hangul(draw, 8_000)} for _ in range(1000)]
    asked = _json("POST", "/superthread/batch/save", here.tokens[0], {"memories": items})
    while True:
        yield asked


def _imports(here: Ground, place: int) -> Client:
    """Memories of another hub, 1,000 ordinary ones a call, each call under a key of its own."""
    items = [{"content": one["content"], "metadata": {"imported": True}} for one in memories(1000)]
    asked = _json("POST", "/superthread/batch/save", here.tokens[0], {"memories": items})
    head, body = asked.split(b"\r\n\r\n", 1)
    for number in itertools.count():
        yield b"%b\r\nIdempotency-Key: import-%d-%d\r\n\r\n%b" % (head, place, number, body)


def _pages(here: Ground, place: int) -> Client:
    for number in itertools.count(place * 10**6):
        yield _anew(f"{MEMORIES}?limit=100", here.tokens[0], number)


def _searches(here: Ground, place: int) -> Client:
    draw = random.Random(place)
    while True:
        query = " ".join(ground.word(draw) for _ in range(15))
        yield _json("POST", "/superthread/search", here.tokens[0], {"query": query, "limit": 100})


def _statistics(here: Ground, place: int) -> Client:
    for number in itertools.count(place * 10**6):
        yield _anew("/superthread/stats", here.tokens[0], number)


def _diffs(here: Ground, place: int) -> Client:
    pairs = itertools.permutations(range(2, 6), 2)
    for number, (old, new) in enumerate(itertools.cycle(pairs), place * 10**6):
        path = f"{VERSIONS}/{here.doc_id}/diff?from={old}&to={new}"
        yield _anew(path, here.tokens[0], number)


def _restores(here: Ground, place: int) -> Client:
    for version in itertools.cycle(here.versions):
        yield request("POST", f"{VERSIONS}/{here.doc_id}/restore/{version}", here.tokens[0])


def _log_ins(here: Ground, place: int) -> Client:
    """Wrong passwords of one address after the other."""
    secret = "x" * 32
    for number in itertools.count():
        form = f"csrfmiddlewaretoken={secret}&login=u{place}.{number}@example.com&password=guess"
        head = (
            "POST /login HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: csrftoken={secret}\r\nContent-Length: {len(form)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        yield (head + form).encode()


def _visits(here: Ground, place: int) -> Client:
    """Pages for people, without a credential."""
    for path in itertools.cycle(["/login", "/docs", "/admin/", "/redoc"]):
        yield f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def _many_tokens(here: Ground, place: int) -> Client:
    """All calls, under all tokens of a user and all spellings of the word before them."""
    draw = random.Random(place)
    content = ground.hangul(draw, 20_000)
    for number in itertools.count(place * 10**6):
        token = here.tokens[number % len(here.tokens)]
        spelt = "".join(draw.choice([letter, letter.upper()]) for letter in "bearer").encode()
        asked = draw.choice(
            [
                _json("POST", MEMORIES, token, {"content": content}),
                _json("POST", "/superthread/search", token, {"query": draw.choice(queries(20))}),
                _anew(f"{MEMORIES}?limit=100", token, number),
            ]
        )
        yield asked.replace(b"Bearer", spelt, 1)


def _cursors(here: Ground, place: int) -> Client:
    """Deeper and deeper into what a common word finds, and into the list."""
    token = here.tokens[0]
    while True:
        found, cursor = True, None
        while found:
            body = {"query": "harbour note", "limit": 100} | ({"cursor": cursor} if cursor else {})
            answer = yield _json("POST", "/superthread/search", token, body)
            cursor = orjson.loads(answer.body)["next_cursor"] if answer.status == 200 else None
            found = cursor is not None
        path = f"{MEMORIES}?limit=100"
        while path:
            answer = yield request("GET", path, token)
            told = orjson.loads(answer.body) if answer.status == 200 else {}
            cursor = told.get("next_cursor")
            path = f"{MEMORIES}?limit=100&cursor={cursor}" if cursor else ""


ATTACKERS = {
    "saves": Attacker(4, _saves),
    "batches": Attacker(2, _batches),
    "imports": Attacker(2, _imports),
    "pages": Attacker(8, _pages, ground.large),
    "searches": Attacker(9, _searches, ground.planted),
    "stats": Attacker(8, _statistics, ground.small),
    "diffs": Attacker(8, _diffs, ground.changed),
    "restores": Attacker(8, _restores, ground.changed),
    "logins": Attacker(18, _log_ins),
    "visits": Attacker(64, _visits),
    "slow": Attacker(32, _pages, ground.large, takes=20_000),
    "tokens": Attacker(64, _many_tokens),
    "cursors": Attacker(8, _cursors, ground.small),
}
