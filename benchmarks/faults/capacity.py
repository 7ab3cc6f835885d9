"""Faults of quantity: a full disk, far too many requests, a long time."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx

from benchmarks.faults.load import MEMORIES, Load
from benchmarks.faults.scenarios import Finding, Hall, summary
from memory_hub.testing.server import HubServer

SMALL_DISK = "48m"
LEAST_RATE, STEP = 25.0, 1.6  # where the search for the sustainable rate begins, and its factor
STEADY_SECONDS = 600.0


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes in memory. Mounting needs root."""
    place = Path(tempfile.mkdtemp(prefix="hub-disk-"))
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(place)], check=True
    )
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


def fill(place: Path) -> Path:
    """Take all the space that is left."""
    ballast = place / "ballast"
    with ballast.open("wb") as file:
        try:
            while True:
                file.write(bytes(1 << 16))
                file.flush()
        except OSError:
            pass
    return ballast


def full_disk(hall: Hall) -> Finding:
    """SQLite on a disk that fills up: 507 for writes, reads go on, writes resume by themselves."""
    goal = "writes 507, reads go on, integrity ok, writes resume by themselves"
    with small_disk() as place:
        hub = hall.new_hub(workers=2, home=place)
        headers = {"Authorization": f"Bearer {hub.token('bench@example.com')}"}
        body = {"content": "x" * 100_000}
        with httpx.Client(base_url=hub.url, headers=headers, timeout=30) as client:
            saved = [client.post(MEMORIES, json=body) for _ in range(5)]
            kept = [answer.json()["doc_id"] for answer in saved]
            ballast = fill(place)
            writes, reads = [], []
            for _ in range(10):
                writes.append(client.post(MEMORIES, json=body))
                reads += [client.get(f"{MEMORIES}/{doc_id}").status_code for doc_id in kept]
            ballast.unlink()
            resumed = client.post(MEMORIES, json=body).status_code
            kept += [w.json()["doc_id"] for w in writes if w.status_code == 201]
            reads += [client.get(f"{MEMORIES}/{doc_id}").status_code for doc_id in kept]
        verified = hub.run_command("backup", f"{tempfile.mkdtemp()}/after.backup").returncode == 0
        hub.stop()
    refused = {w.status_code for w in writes if w.status_code != 201}
    ok = refused == {507} and set(reads) == {200} and resumed == 201 and verified
    figures = {
        "writes_while_full": sorted({w.status_code for w in writes}),
        "reads": sorted(set(reads)),
        "first_write_with_space": resumed,
        "integrity_ok": verified,
    }
    return Finding("disk full", goal, ok, figures)


def overload(hall: Hall) -> Finding:
    """Five times the rate that the hub sustains."""
    hub = hall.new_hub(workers=2)
    token = hub.token("bench@example.com")
    sustainable = _sustainable(hub, token)
    before = _memory(hub)
    with Load(hub.url, token, rate=5 * sustainable) as load:
        load.wait(max(hall.seconds, 5))
        during = _memory(hub)
    end = time.monotonic()
    with Load(hub.url, token, rate=sustainable / 2) as after:
        after.wait(15)
    failures = [o for o in load.outcomes if o.failed]
    statuses = {o.status for o in failures}
    slow = max((o.took for o in failures), default=0.0)
    normal = all(not o.failed and o.took < 1 for o in after.between(end + 10))
    ok = statuses <= {429, 503} and slow <= 1 and during <= before * 1.2 and normal
    figures = {
        "sustainable_per_s": round(sustainable),
        **summary(load.outcomes),
        "slowest_refusal_ms": round(slow * 1000),
        "memory_growth_percent": round(100 * (during / before - 1), 1),
        "normal_after_10_s": normal,
    }
    return Finding(
        "5 x the sustainable rate", "only 429/503 within 1 s; memory + <= 20 %", ok, figures
    )


def _sustainable(hub: HubServer, token: str) -> float:
    """The highest tried rate at which nothing fails and half of the answers take under 100 ms."""
    rate, best = LEAST_RATE, LEAST_RATE
    while rate < 1000:
        with Load(hub.url, token, rate=rate) as load:
            load.wait(4)
        took = median(o.took for o in load.outcomes)
        if any(o.failed for o in load.outcomes) or took > 0.1:
            break
        best, rate = rate, rate * STEP
    return best


def steady(hall: Hall) -> Finding:
    """Ten minutes of the usual mix; the first tenth is warm-up."""
    hub = hall.new_hub(workers=2)
    with hall.load(hub) as load:
        load.wait(STEADY_SECONDS / 10)
        memory, descriptors = _memory(hub), _descriptors(hub)
        load.wait(STEADY_SECONDS * 9 / 10)
        growth = _memory(hub) / memory - 1
        more = _descriptors(hub) - descriptors
    ok = growth <= 0.1 and more <= 10 and not any(o.failed for o in load.outcomes)
    figures = {
        **summary(load.outcomes),
        "memory_growth_percent": round(100 * growth, 1),
        "more_descriptors": more,
    }
    return Finding("ten minutes", "memory + <= 10 %, descriptors flat", ok, figures)


def _memory(hub: HubServer) -> int:
    """Bytes resident in all workers, shared pages counted once for each."""
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in hub.workers()]
    return sum(pages) * 4096


def _descriptors(hub: HubServer) -> int:
    """Open files and sockets of all workers."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in hub.workers())
