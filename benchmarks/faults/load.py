"""A steady load of the usual mix, which remembers every outcome and every acknowledged write."""

import asyncio
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

import httpx

MEMORIES = "/superthread/memories"
# The usual mix: mostly reads, one request in five writes.
MIX = {"detail": 50, "list": 20, "search": 10, "save": 10, "edit": 10}
ONLY_WRITES = {"save": 50, "edit": 50}
WRITES = ("save", "edit")
# The status of a request without an answer.
LOST = 0
PATIENCE = 15.0  # seconds


@dataclass(frozen=True)
class Outcome:
    """One request: when it began (time.monotonic), seconds, status (0: no answer), problem code."""

    began: float
    took: float
    kind: str
    status: int
    code: str

    @property
    def failed(self) -> bool:
        return self.status == LOST or self.status >= 400


class Load:
    """``rate`` requests a second against the hub at ``url``, in a thread, while the context lasts.

    Open loop: the next request does not wait for the last one's answer. ``wrong`` has the ids of
    memories that were answered with something else than what was acknowledged last.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        rate: float = 50,
        mix: dict[str, int] = MIX,
        seed: int = 1,
    ) -> None:
        self.url, self.rate, self.mix = url, rate, mix
        self.outcomes: list[Outcome] = []
        self.written: dict[str, str] = {}  # doc_id -> content as last acknowledged
        self.edits: Counter[str] = Counter()  # doc_id -> edits begun
        self.wrong: list[str] = []
        self.headers = {"Authorization": f"Bearer {token}"}
        self._random, self._stop = random.Random(seed), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()))
        # Being edited: one edit at a time keeps the last one known.
        self._busy: set[str] = set()

    def __enter__(self) -> Self:
        with httpx.Client(base_url=self.url, headers=self.headers) as client:
            for number in range(20):
                saved = client.post(MEMORIES, json={"content": f"memory {number}"})
                self.written[saved.raise_for_status().json()["doc_id"]] = f"memory {number}"
        self._thread.start()
        return self

    def other_memory(self) -> str:
        """The id of a further memory, which the load leaves alone."""
        with httpx.Client(base_url=self.url, headers=self.headers) as client:
            saved = client.post(MEMORIES, json={"content": "left alone"})
        return saved.raise_for_status().json()["doc_id"]

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def wait(self, seconds: float) -> None:
        """Let the load go on for so long."""
        self._stop.wait(seconds)

    def wait_for_success(self, since: float, within: float = 30) -> float:
        """Seconds from ``since`` until a request begun after it was answered well; inf if none."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            good = [o for o in list(self.outcomes) if o.began >= since and not o.failed]
            if good:
                return min(o.began + o.took for o in good) - since
            self._stop.wait(0.01)
        return float("inf")

    def between(self, start: float, end: float = float("inf")) -> list[Outcome]:
        """The outcomes of requests begun in [start, end)."""
        return [o for o in list(self.outcomes) if start <= o.began < end]

    def lost_writes(self, written: dict[str, str] | None = None, url: str = "") -> list[str]:
        """Ids of acknowledged writes (all, or those given) that the hub does not have now.

        ``url`` is that of another hub on the same data.
        """
        place = url or self.url
        with httpx.Client(base_url=place, headers=self.headers, timeout=30) as client:
            return [
                doc_id
                for doc_id, content in (self.written if written is None else written).items()
                if (answer := client.get(f"{MEMORIES}/{doc_id}")).status_code != 200
                or answer.json()["content"] != content
            ]

    async def _main(self) -> None:
        limits = httpx.Limits(max_connections=400, max_keepalive_connections=50)
        async with (
            httpx.AsyncClient(
                base_url=self.url, headers=self.headers, timeout=PATIENCE, limits=limits
            ) as client,
            asyncio.TaskGroup() as requests,
        ):
            begin, count = time.monotonic(), 0
            while not self._stop.is_set():
                requests.create_task(self._one(client))
                count += 1
                await asyncio.sleep(max(0.0, begin + count / self.rate - time.monotonic()))

    async def _one(self, client: httpx.AsyncClient) -> None:
        kind = self._random.choices(list(self.mix), self.mix.values())[0]
        doc_id = self._random.choice([i for i in self.written if i not in self._busy])
        content = f"written {self._random.random()}"
        known, edits = self.written[doc_id], self.edits[doc_id]
        began = time.monotonic()
        if kind == "edit":
            self._busy.add(doc_id)
            self.edits[doc_id] += 1
        try:
            answer = await self._send(client, kind, doc_id, content)
            status = answer.status_code
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            # A write without an answer may have happened or not: nothing is known of it any more.
            status, body = LOST, {"code": type(error).__name__}
            if kind == "edit":
                self.written.pop(doc_id, None)
        if status in (200, 201) and kind in WRITES:
            self.written[body["doc_id"]] = content
        elif status == 200 and kind == "detail" and self.edits[doc_id] == edits:
            self.wrong += [doc_id] * (body["content"] != known)
        # A read that began before it must not end its turn.
        if kind == "edit":
            self._busy.discard(doc_id)
        took = time.monotonic() - began
        self.outcomes.append(Outcome(began, took, kind, status, body.get("code", "")))

    async def _send(self, client: Any, kind: str, doc_id: str, content: str) -> httpx.Response:
        path = f"{MEMORIES}/{doc_id}"
        if kind == "detail":
            return await self._read(client, "GET", path)
        if kind == "list":
            return await self._read(client, "GET", MEMORIES)
        if kind == "search":
            return await self._read(client, "POST", "/superthread/search", {"query": "memory"})
        if kind == "edit":
            return await client.patch(path, json={"content": content})
        return await client.post(MEMORIES, json={"content": content})

    async def _read(self, client: Any, method: str, path: str, body: Any = None) -> httpx.Response:
        """A read; once more when a kept connection closed under it, as browsers and proxies do."""
        try:
            return await client.request(method, path, json=body)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return await client.request(method, path, json=body)
