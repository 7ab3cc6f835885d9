"""What attackers find in a hub: memories put there before, within the limits of any user."""

import random
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

import httpx
import orjson

from benchmarks.http.dataset import memories

MEMORIES = "/superthread/memories"
VERSIONS = "/superthread/versions"
JSON = {"Content-Type": "application/json"}
MEGABYTE = 1_000_000
# Seconds for one answer while the ground is laid.
PATIENCE = 120.0
# Of a memory that is compared with itself.
LINES = 20_000
_HANGUL = "".join(map(chr, range(0xAC00, 0xD7A4)))


@dataclass(frozen=True)
class Scale:
    """How much is put there."""

    large: int  # memories of 1 MB
    planted: int  # words that nobody else has
    small: int  # memories of a few words


SHORT, FULL = Scale(24, 20_000, 6_000), Scale(100, 60_000, 24_000)


@dataclass
class Ground:
    """What one attacker has: tokens of one user, and what was put there for it."""

    tokens: list[str]
    doc_id: str = ""
    versions: list[str] = field(default_factory=list)


def hangul(draw: random.Random, octets: int) -> str:
    """Random syllables, words of four, of about so many bytes of UTF-8."""
    return " ".join("".join(draw.choices(_HANGUL, k=4)) for _ in range(octets // 13))


def word(draw: random.Random, length: int = 9) -> str:
    return "".join(draw.choices(string.ascii_lowercase, k=length))


def client_of(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=url, headers=headers, timeout=PATIENCE)


def put(client: httpx.Client, contents: Iterable[str], at_once: int = 500) -> list[str]:
    """Saves the contents, many in a call, and returns the ids."""
    doc_ids, left = [], iter(contents)
    while part := [{"content": content} for content in islice(left, at_once)]:
        body = orjson.dumps({"memories": part})
        answer = client.post("/superthread/batch/save", content=body, headers=JSON)
        doc_ids += [result["doc_id"] for result in answer.raise_for_status().json()["results"]]
    return doc_ids


def large(client: httpx.Client, scale: Scale, ground: Ground) -> None:
    """Memories of 1 MB: the words of any text, again and again."""
    text = next(memories(1))["content"]
    put(client, ((text * 2000)[:MEGABYTE] for _ in range(scale.large)), at_once=8)


def planted(client: httpx.Client, scale: Scale, ground: Ground) -> None:
    """Many words, none of them twice."""
    draw = random.Random(11)
    put(client, (" ".join(word(draw) for _ in range(500)) for _ in range(scale.planted // 500)))


def small(client: httpx.Client, scale: Scale, ground: Ground) -> None:
    put(client, (f"Note {number} of the harbour." for number in range(scale.small)), at_once=1000)


def changed(client: httpx.Client, scale: Scale, ground: Ground) -> None:
    """A long memory with four versions; a third of the lines of each differs from the next's."""
    draw = random.Random(12)
    lines = [f"{number} {word(draw, 20)} {word(draw, 20)}" for number in range(LINES)]
    [ground.doc_id] = put(client, ["begin"])
    for _ in range(4):
        for place in draw.sample(range(LINES), LINES // 3):
            lines[place] = f"{place} {word(draw, 20)} {word(draw, 20)}"
        content = orjson.dumps({"content": "\n".join(lines)})
        path = f"{MEMORIES}/{ground.doc_id}"
        client.patch(path, content=content, headers=JSON).raise_for_status()
    found = client.get(f"{VERSIONS}/{ground.doc_id}?limit=4").raise_for_status().json()
    ground.versions = [version["version_id"] for version in found["versions"]]


def nothing(client: httpx.Client, scale: Scale, ground: Ground) -> None:
    """Nothing is needed."""
