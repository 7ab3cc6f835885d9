"""What compressing a list costs, beside zlib at the level that Django takes."""

import argparse
import tempfile
import time
from collections.abc import Callable
from statistics import median

SIZES = (20, 100)
TIMES = 30  # compressions a round


def arguments_of_gzip(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=15)


def gzip(options: argparse.Namespace) -> None:
    """Prints for real lists of 20 and 100 memories the bytes and, as the median over the rounds of
    the ratio in one, the processor time by Django's zlib."""
    with tempfile.TemporaryDirectory() as directory:
        from benchmarks.held import set_up

        set_up("sqlite", directory)
        for size, content in _lists():
            _compare(size, content, options.rounds)


def _lists() -> list[tuple[int, bytes]]:
    """The hub's own answers, of English and Korean memories of some 350 bytes."""
    from benchmarks.search.corpus import memories
    from testing.clients.in_process import client_for

    client = client_for("bench@example.com")
    drafts = [{"content": text} for text in memories(max(SIZES))]
    client.post("/superthread/batch/save", json={"memories": drafts}).raise_for_status()
    return [(size, client.get(f"/superthread/memories?limit={size}").content) for size in SIZES]


def _compare(size: int, content: bytes, rounds: int) -> None:
    from django.utils.text import compress_string

    from memory_hub.http.middleware import compressed

    def ours() -> bytes:
        return compressed(content, 100)

    def djangos() -> bytes:
        return compress_string(content, max_random_bytes=100)

    ratio = median(_cpu(ours) / _cpu(djangos) for _ in range(rounds))
    smaller = len(ours()) / len(djangos())
    print(f"list of {size}: {len(content)} bytes; processor {ratio:.2f}, bytes {smaller:.2f}")


def _cpu(compress: Callable[[], bytes]) -> float:
    """Seconds of the processor for some compressions."""
    began = time.process_time()
    for _ in range(TIMES):
        compress()
    return time.process_time() - began
