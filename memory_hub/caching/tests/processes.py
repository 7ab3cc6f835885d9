"""What the tests of several processes run in the other ones (spawned, so it must be importable)."""

from pathlib import Path

from memory_hub.caching.generations.mapped import MappedGenerations
from memory_hub.caching.shared_stats import SharedStats


def bump(directory: Path, key: str, times: int = 1) -> None:
    store = MappedGenerations(directory / "generations.map")
    for _ in range(times):
        store.bump([key])


def bump_and_collect(directory: Path, key: str, times: int) -> list[int]:
    """Bump again and again; the numbers this process read right after each bump."""
    store = MappedGenerations(directory / "generations.map")
    seen = []
    for _ in range(times):
        store.bump([key])
        seen.append(store.read([key])[1])
    return seen


def make_file(directory: Path) -> int:
    """Open the file at the same time as others do; the epoch this process found."""
    return MappedGenerations(directory / "generations.map").read([])[0]


def count_hits(path: Path, owner: int, hits: int) -> None:
    """Be a process that counts in the shared statistics, and end without a word."""
    row = SharedStats(path).join(owner, "answers", "lru", 10)
    for _ in range(hits):
        row.cells[0] += 1
