"""Documents that people touch too: large ones, someone who types, faults, a slow token endpoint.

The double is in this process, so that it can be made to do these things; the hub is a real one.
"""

import argparse
import asyncio
import json
import random
import statistics
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.gdocs.hubs import hub
from google_docs.tests.text.corpus import body, p, person, run, table
from testing.google import Double, Fault
from testing.google.document import DocTab, Document
from testing.google.world import DOC
from testing.servers.hub import HubServer

KILOBYTES = 850
WRITES, PARALLEL, FAULTY = 500, 20, 0.22
TYPED_EVERY, TYPED_FOR = 0.4, 20.0
WAITING, REFRESH = 200, 9.0
KINDS = [
    Fault("rst"), Fault("fin"), Fault("rst").after(), Fault("fin").after(), Fault("truncate"),
    Fault.drive(500, "internalError"), Fault.drive(500, "internalError").after(),
    Fault.drive(503, "backendError"), Fault.drive(503, "backendError").after(), Fault.html(429),
    Fault.senseless(b"{}").after(), Fault.senseless(b"null").after(),
]  # fmt: skip


def main(options: argparse.Namespace) -> None:
    double = Double().start()
    try:
        with hub(double.root) as server:
            asyncio.run(_measure(double, server, options))
    finally:
        double.stop()


async def _measure(double: Double, server: HubServer, options: argparse.Namespace) -> None:
    token = server.token("bench@example.com")
    async with httpx.AsyncClient(
        base_url=server.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        await _large(double, server, client, options.repeats)
        await _typing(double, client)
        await _faults(double, client)
        await _tokens(double, client)


async def _save(client: httpx.AsyncClient, text: str) -> dict[str, Any]:
    answer = await client.post("/google-docs/memories", json={"content": text})
    answer.raise_for_status()
    return answer.json()


def _large_document() -> tuple[Document, int]:
    blocks = []
    while True:
        blocks += [
            p(run(f"Paragraph {n} with ", bold=True), person("Mina"), " and words")
            for n in range(400)
        ]
        blocks.append(table([[p("a"), p("b")]]))
        blocks.append(p("after"))
        document = Document(tabs=[DocTab(body(*blocks))])
        size = len(json.dumps(document.show("SUGGESTIONS_INLINE", tabs=True)))
        if size >= KILOBYTES * 1000:
            return document, size


async def _large(
    double: Double, server: HubServer, client: httpx.AsyncClient, repeats: int
) -> None:
    """Reads of a large document: how long they take, what the double alone needs of that, what the
    worker's processor does for them, and what another request waits meanwhile."""
    saved = await _save(client, "large")
    document, size = _large_document()
    double.world.shape_as_human(saved["doc_id"], document)
    url, path = f"{double.root}v1/documents/{saved['doc_id']}", f"memories/{saved['doc_id']}"
    asked = {"includeTabsContent": "true", "fields": "documentId,revisionId,tabs"}
    bearer = {"Authorization": f"Bearer {double.world.token('double@example.com')}"}
    took, worked, doubles, lists, beside = [], [], [], [], []

    async def listed() -> float:
        began = time.perf_counter()
        await client.get("/superthread/memories")
        return time.perf_counter() - began

    async def read() -> float:
        began = time.perf_counter()
        answer = await client.get(f"/google-docs/{path}")
        assert answer.status_code == 200
        return time.perf_counter() - began

    async def outdate() -> None:
        double.world.touch(double.world.files[saved["doc_id"]], "a@example.com")
        # The hub asks for changes that often.
        await asyncio.sleep(5.1)

    for _ in range(repeats):
        began = time.perf_counter()
        await client.get(url, params=asked, headers=bearer)
        doubles.append(time.perf_counter() - began)
        await outdate()
        busy = _busy(server)
        took.append(await read())
        worked.append(_busy(server) - busy)
        lists += [await listed() for _ in range(20)]
        await outdate()
        reading = asyncio.create_task(read())
        while not reading.done():
            beside.append(await listed())
        await reading
    print(
        f"document of {size // 1000} KB of JSON: read in {_ms(took)}, of which the double needs "
        f"{_ms(doubles)}; the worker's processor {_ms(worked)}; a list beside it {_ms(beside)}, "
        f"a list alone {_ms(lists)}"
    )


def _busy(server: HubServer) -> float:
    """Seconds of processor that the workers used, all threads of theirs."""
    used = 0
    for pid in server.workers():
        for task in Path(f"/proc/{pid}/task").iterdir():
            used += int((task / "schedstat").read_text().split()[0])
    return used / 1e9


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms (at most {max(seconds) * 1000:.0f})"


async def _typing(double: Double, client: httpx.AsyncClient) -> None:
    """A person types every 0.4 s beside changes with If-Match."""
    saved = await _save(client, "start\nline")
    typed: list[str] = []
    stop = threading.Event()

    def type_on() -> None:
        while not stop.wait(TYPED_EVERY):
            typed.append(f" w{len(typed)}")
            double.world.type_as_human(saved["doc_id"], typed[-1])

    person_ = threading.Thread(target=type_on)
    person_.start()
    path, took, statuses = f"/google-docs/memories/{saved['doc_id']}", [], []
    end = time.perf_counter() + TYPED_FOR
    while time.perf_counter() < end:
        began = time.perf_counter()
        read = (await client.get(path)).json()
        answer = await client.patch(
            path,
            json={"content": read["content"] + "\nhub"},
            headers={"If-Match": f'"{read["revision"]}"'},
        )
        took.append(time.perf_counter() - began)
        statuses.append(answer.status_code)
        await asyncio.sleep(0.15)
    stop.set()
    person_.join()
    text = double.world.files[saved["doc_id"]].document.text
    kept = text.split("\n")[0] == "start" + "".join(typed)
    counted = {status: statuses.count(status) for status in sorted(set(statuses))}
    print(
        f"{len(typed)} words typed beside {len(statuses)} changes {counted}: the person's text is "
        f"{'all there' if kept else 'NOT all there'}, the slowest change {max(took):.2f} s"
    )


async def _faults(double: Double, client: httpx.AsyncClient) -> None:
    """500 writes, 20 at once, 22 of 100 calls that write meet a fault."""
    saved = [await _save(client, f"before {n}") for n in range(PARALLEL)]
    dice, lane = random.Random(5), asyncio.Semaphore(PARALLEL)
    faulty = {"drive.files.create", "docs.documents.batchUpdate", "drive.files.update"}
    double.faults.plan = lambda method: (
        dice.choice(KINDS) if method in faulty and dice.random() < FAULTY else None
    )
    statuses: list[int] = []

    async def save(number: int) -> None:
        async with lane:
            content = {"content": f"write {number}"}
            answer = await client.post("/google-docs/memories", json=content)
            statuses.append(answer.status_code)
            if answer.status_code == 201:
                assert answer.json()["content"] == f"write {number}", "foreign text"

    async def change(number: int) -> None:
        async with lane:
            path = f"/google-docs/memories/{saved[number]['doc_id']}"
            for turn in range(WRITES // 2 // PARALLEL):
                text = f"writer {number} turn {turn}"
                answer = await client.patch(path, json={"content": text})
                statuses.append(answer.status_code)
                if answer.status_code == 200:
                    assert answer.json()["content"] == text, "foreign text"

    began = time.perf_counter()
    await asyncio.gather(
        *(save(n) for n in range(WRITES // 2)), *(change(n) for n in range(PARALLEL))
    )
    took = time.perf_counter() - began
    double.faults.plan = lambda method: None
    names = [f.name for f in double.world.files.values() if f.mime == DOC and "write " in f.name]
    counted = {status: statuses.count(status) for status in sorted(set(statuses))}
    twins = len(names) - len(set(names))
    print(
        f"{len(statuses)} writes, {FAULTY:.0%} faults, in {took:.0f} s: {counted}, "
        f"{twins} twins, {statuses.count(409)} false conflicts"
    )


async def _tokens(double: Double, client: httpx.AsyncClient) -> None:
    """Another credential's call beside 200 that wait for one's token."""
    from google_docs.client.calls import Calls
    from google_docs.client.credentials import of_user
    from google_docs.client.quota import Buckets
    from google_docs.client.retry import Policy
    from google_docs.client.transport import Transport
    from google_docs.config import DRIVE_FILE, QuotaLimits
    from testing.google.oauth import TRY_OUT_TOKEN

    transport = Transport(root=double.root, timeout=20)

    def calls(name: str) -> Calls:
        credentials = of_user(
            TRY_OUT_TOKEN, client_id="hub", client_secret="secret",
            token_uri=double.root + "token", scopes=[DRIVE_FILE],
        )  # fmt: skip
        limits = QuotaLimits(1e9, 1e9, 1e9)
        return Calls(
            transport, credentials, identity=name, buckets=Buckets(limits), policy=Policy()
        )

    slow, other = calls("slow"), calls("other")
    await other.about()
    alone = []
    for _ in range(20):
        began = time.perf_counter()
        await other.about()
        alone.append(time.perf_counter() - began)
    double.faults.add("token", Fault("slow", seconds=REFRESH))
    waiting = [asyncio.create_task(slow.about()) for _ in range(WAITING)]
    await asyncio.sleep(0.2)
    beside = []
    while not waiting[0].done():
        began = time.perf_counter()
        await other.about()
        beside.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)
    await asyncio.gather(*waiting)
    transport.close()
    print(
        f"beside {WAITING} calls that wait {REFRESH:g} s for a token, another credential's call: "
        f"{statistics.median(beside) * 1000:.0f} ms, at most {max(beside) * 1000:.0f} "
        f"(alone {statistics.median(alone) * 1000:.0f})"
    )
