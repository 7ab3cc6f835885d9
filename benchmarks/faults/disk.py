"""A disk that fills up, under SQLite and under PostgreSQL. Mounting a small one needs root."""

import os
import secrets
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.faults.hall import Finding, Hall
from benchmarks.faults.load import MEMORIES
from testing.postgres import PostgresServer
from testing.servers.hub import HubServer

# The hub's own files, and a PostgreSQL with its write-ahead log.
SMALL_DISK, SMALL_SERVER = "48m", "200m"
RESUMES_WITHIN = 10.0  # seconds


def can_mount() -> bool:
    return os.geteuid() == 0


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of a few megabytes in memory."""
    if not can_mount():
        raise SystemExit('The fault "disk" mounts a small tmpfs: it needs root.')
    place = Path(tempfile.mkdtemp(prefix="hub-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


def fill(place: Path) -> Path:
    """Take all the space that is left."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass
    return ballast


def full_disk(hall: Hall) -> Finding:
    """The hub's own directory with SQLite, or the directory of its PostgreSQL."""
    if hall.postgres is None:
        with small_disk(SMALL_DISK) as place:
            hub = hall.new_hub(workers=2, home=place)
            finding = _filled(hub, place)
            hub.stop()
            return finding
    with (
        small_disk(SMALL_SERVER) as place,
        PostgresServer(durable=True, data=place / "data") as server,
    ):
        hub = hall.new_hub(workers=2, server=server)
        finding = _filled(hub, place)
        hub.stop()
        return finding


def _filled(hub: HubServer, place: Path) -> Finding:
    headers = {"Authorization": f"Bearer {hub.token('bench@example.com')}"}
    with httpx.Client(base_url=hub.url, headers=headers, timeout=30) as client:
        kept = dict(_save(client) for _ in range(5))
        ballast = fill(place)
        writes, reads = [], []
        for _ in range(10):
            doc_id, content = _save(client)
            writes.append(doc_id if isinstance(doc_id, int) else 201)
            kept |= {} if isinstance(doc_id, int) else {doc_id: content}
            reads += _read_all(client, kept)
        ballast.unlink()
        resumed = _seconds_until_written(client)
        reads += _read_all(client, kept)
    whole = _is_whole(hub)
    refused = {status for status in writes if status != 201}
    ok = refused == {507} and set(reads) == {200} and resumed <= RESUMES_WITHIN and whole
    figures = {
        "writes_while_full": dict(Counter(writes)),
        "reads": dict(Counter(reads)),
        "writes_resume_after_s": round(resumed, 2),
        "integrity_ok": whole,
    }
    goal = "writes 507, reads go on, integrity ok, writes resume by themselves"
    return Finding("disk full", goal, ok, figures)


def _is_whole(hub: HubServer) -> bool:
    """A backup checks the integrity of all it reads."""
    with tempfile.TemporaryDirectory() as directory:
        file = f"{directory}/after.backup"
        ends = [hub.run_command(name, file).returncode for name in ("backup", "verify_backup")]
    return ends == [0, 0]


def _save(client: httpx.Client) -> tuple[Any, str]:
    """The id of a new memory, or the status of the refusal; and its content."""
    content = secrets.token_hex(50_000)  # what no compression makes small
    answer = client.post(MEMORIES, json={"content": content})
    return answer.json()["doc_id"] if answer.status_code == 201 else answer.status_code, content


def _read_all(client: httpx.Client, kept: dict[str, str]) -> list[int]:
    """The status of each memory that was acknowledged; 0 where the content is another."""
    answers = [(client.get(f"{MEMORIES}/{doc_id}"), text) for doc_id, text in kept.items()]
    return [
        a.status_code if a.status_code != 200 or a.json()["content"] == text else 0
        for a, text in answers
    ]


def _seconds_until_written(client: httpx.Client) -> float:
    began = time.monotonic()
    while time.monotonic() < began + 2 * RESUMES_WITHIN:
        if not isinstance(_save(client)[0], int):
            return time.monotonic() - began
        time.sleep(0.1)
    return float("inf")
