"""Imports of files: over the API, and by the command of a build that has them nowhere else."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import httpx

from benchmarks.http.contenders import Contender
from benchmarks.http.dataset import USER
from benchmarks.http.load import Outcome
from benchmarks.http.scenarios import Load, Scenario
from testing.servers.hub import HubServer

LINES = 5_000
# By contender: a file that was imported before would give nothing new.
_seeds: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1_000))
PATH = "/superthread/imports"
LOOKS_EVERY, ENDS_WITHIN = 0.05, 300.0  # seconds


class Imports(Scenario):
    """One file of ``LINES`` memories after another."""

    def load(self, to: Contender) -> Load | None:
        if to.server is None:
            return None
        files = (_file(to, seed) for seed in _seeds[to.name])
        if (to.server.root / "superthread" / "imports").exists():
            return partial(_one_after_another, files.__next__, partial(_over_the_api, to))
        beginning = _by_command(to.server, b'{"content": "one"}\n')
        how = partial(_by_command, to.server, beginning=beginning)
        return partial(_one_after_another, files.__next__, how)


IMPORTS = Imports(f"import of {LINES:,}", False, lambda to: None, True, usual=False, also=(1,))


def _file(to: Contender, seed: int) -> bytes:
    """Lines with a source each: a text that was there before would give nothing new."""
    texts = (one["content"] for one in to.texts.memories(LINES, seed=seed))
    lines = ({"content": text, "source": f"{seed}/{n}"} for n, text in enumerate(texts))
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _one_after_another(
    next_file: Callable[[], bytes],
    bring: Callable[[bytes], float],
    *,
    seconds: float,
    connections: int,
) -> Outcome:
    """At least one; ``bring`` returns seconds of the processor that are no running server's."""
    outcome = Outcome()
    while outcome.seconds < seconds:
        content = next_file()
        began = time.perf_counter()
        outcome.worker += bring(content)
        spent = time.perf_counter() - began
        outcome.take(202, 0, spent)
        outcome.seconds += spent
    return outcome


def _over_the_api(to: Contender, content: bytes) -> float:
    """Returns when the file is imported. Raises RuntimeError where not all of it is."""
    headers = {"Authorization": f"Bearer {to.token}"}
    url = f"http://127.0.0.1:{to.port}{PATH}"
    with httpx.Client(headers=headers, timeout=60) as client:
        query = {"filename": "lines.jsonl", "format": "jsonl"}
        job = client.post(url, params=query, content=content).raise_for_status().json()
        deadline = time.monotonic() + ENDS_WITHIN
        while job["ended_at"] is None and time.monotonic() < deadline:
            time.sleep(LOOKS_EVERY)
            job = client.get(f"{url}/{job['id']}").raise_for_status().json()
    if job["counts"].get("saved") != content.count(b"\n"):
        raise RuntimeError(f"Not all was imported: {job}")
    return 0.0


def _by_command(server: HubServer, content: bytes, beginning: float = 0.0) -> float:
    """Seconds of the processor of the command, without those of its beginning."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        path = Path(directory, "lines.jsonl")
        path.write_bytes(content)
        process = subprocess.Popen(
            [sys.executable, "manage.py", "import_memories", path, "--as", USER, "-v", "0"],
            cwd=server.root,
            env=server.environment,
            stdout=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
    if status:
        raise RuntimeError(f"The import ended with {status}")
    return max(0.0, used.ru_utime + used.ru_stime - beginning)
