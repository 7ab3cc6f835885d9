"""Many clients at once on a running hub, and what must hold whoever wins."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

MEMORIES = "/superthread/memories"
# Seconds for one answer, on a loaded machine.
PATIENCE = 120.0


class Caller:
    """One user's requests from many threads, each with a connection of its own.

    A context manager: at its end the connections are closed.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url, self.headers = url, {"Authorization": f"Bearer {token}"}
        self._local = threading.local()
        self._clients: list[httpx.Client] = []

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *exception: object) -> None:
        for client in self._clients:
            client.close()

    @property
    def http(self) -> httpx.Client:
        """This thread's client."""
        if not hasattr(self._local, "client"):
            self._local.client = httpx.Client(
                base_url=self.url, headers=self.headers, timeout=PATIENCE
            )
            self._clients.append(self._local.client)
        return self._local.client

    def save(self, content: str, **fields: Any) -> str:
        """Saves a memory and returns its doc_id."""
        answer = self.http.post(MEMORIES, json={"content": content, **fields})
        answer.raise_for_status()
        return answer.json()["doc_id"]

    def versions(self, doc_id: str) -> list[dict[str, Any]]:
        """All versions of a memory, newest first."""
        found, cursor = [], ""
        while cursor is not None:
            query = {"limit": 50} | ({"cursor": cursor} if cursor else {})
            page = self.http.get(f"/superthread/versions/{doc_id}", params=query).json()
            found += page["versions"]
            cursor = page["next_cursor"]
        return found


@dataclass
class Updates:
    """Acknowledged updates: the token each appended, the revision it was told; refusals."""

    acknowledged: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)

    def note(self, doc_id: str, token: str, revision: int) -> None:
        self.acknowledged.setdefault(doc_id, []).append((token, revision))


def contend(caller: Caller, *, clients: int, memories: int, updates: int, guarded: bool) -> Updates:
    """``updates`` appended tokens by read-modify-write, spread over the memories.

    ``guarded``: with If-Match, and again after every 412.
    """
    doc_ids = [caller.save("begin") for _ in range(memories)]
    told = Updates({doc_id: [] for doc_id in doc_ids})

    def append(number: int) -> None:
        doc_id, token = doc_ids[number % memories], f"token{number}"
        while True:
            read = caller.http.get(f"{MEMORIES}/{doc_id}")
            content = f"{read.json()['content']} {token}"
            headers = {"If-Match": read.headers["ETag"]} if guarded else {}
            answer = caller.http.patch(
                f"{MEMORIES}/{doc_id}", json={"content": content}, headers=headers
            )
            if answer.status_code == 200:
                told.note(doc_id, token, answer.json()["revision"])
                return
            told.refused[answer.status_code] += 1
            if answer.status_code != 412:
                return

    in_threads(clients, append, range(updates))
    return told


def in_threads(clients: int, work: Callable[[int], None], items: range) -> None:
    """Does the work for every item, ``clients`` at a time. Raises what one of them raised."""
    with ThreadPoolExecutor(clients) as pool:
        for _ in pool.map(work, items):
            pass


def check_updates(caller: Caller, told: Updates, *, guarded: bool) -> list[str]:
    """What is wrong with the history that the updates left; empty when all is well."""
    wrong = [f"{n} answers {status}" for status, n in told.refused.items() if status != 412]
    for doc_id, updates in told.acknowledged.items():
        memory = caller.http.get(f"{MEMORIES}/{doc_id}").json()
        revisions = sorted(revision for _, revision in updates)
        if revisions != list(range(2, len(updates) + 2)):
            wrong.append(f"{doc_id}: a revision has two winners or none")
        if memory["revision"] != len(updates) + 1:
            wrong.append(f"{doc_id}: revision {memory['revision']} after {len(updates)} updates")
        numbers = [version["number"] for version in caller.versions(doc_id)]
        if numbers != list(range(len(updates) + 1, 0, -1)):
            wrong.append(f"{doc_id}: the numbers of its versions have gaps or are too few")
        tokens = Counter(memory["content"].split())
        if guarded and any(tokens[token] != 1 for token, _ in updates):
            wrong.append(f"{doc_id}: an acknowledged token is lost or twice there")
    return wrong


def duplicate(caller: Caller, *, keys: int, twins: int) -> list[str]:
    """Every save sent ``twins`` times at once under its key; what is wrong afterwards.

    Twins in flight (409) ask again until they have their answer.
    """
    wrong: list[str] = []

    def save(key: int, start: threading.Barrier) -> tuple[str, bool]:
        start.wait()
        while True:
            answer = caller.http.post(
                MEMORIES,
                json={"content": f"keyed {key}", "category": "keyed"},
                headers={"Idempotency-Key": f"race {key}"},
            )
            if answer.status_code != 409:
                break
        if answer.status_code != 201:
            wrong.append(f"key {key}: status {answer.status_code}")
            return "", False
        return answer.json()["doc_id"], "Idempotent-Replayed" in answer.headers

    with ThreadPoolExecutor(twins) as pool:
        for key in range(keys):
            start = threading.Barrier(twins)
            told = list(pool.map(save, [key] * twins, [start] * twins))
            if len({doc_id for doc_id, _ in told}) != 1:
                wrong.append(f"key {key}: twins were told of different memories")
            if sum(replayed for _, replayed in told) != twins - 1:
                wrong.append(f"key {key}: not exactly one was carried out")
    stored = caller.http.get("/superthread/stats").json()["by_category"].get("keyed", 0)
    if stored != keys:
        wrong.append(f"{stored} memories for {keys} keys")
    return wrong
