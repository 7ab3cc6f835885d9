"""What the tests of several processes run in the other ones (spawned, so it must be importable)."""

from pathlib import Path

from memory_hub.rate_limits.mapped_storage import MappedStorage


def count(path: Path, key: str, times: int) -> None:
    storage = MappedStorage(path)
    for _ in range(times):
        storage.incr(key, 60)
