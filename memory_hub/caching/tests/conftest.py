"""Generations in a directory that lasts one test."""

from functools import lru_cache
from pathlib import Path

import pytest

from memory_hub.caching import generations, registry


@pytest.fixture
def data_directory(tmp_path: Path, settings, monkeypatch) -> Path:
    """A data directory of the test's own; generations and statistics start afresh in it.

    Those of the process are put aside, not dropped: their thread would go on showing numbers that
    nobody counts any more.
    """
    settings.DATA_DIR = tmp_path
    settings.REDIS_URL = None
    for module, name in (
        (generations, "current"),
        (registry, "shared_stats"),
        (registry, "housekeeper"),
    ):
        afresh = lru_cache(maxsize=1)(getattr(module, name).__wrapped__)
        monkeypatch.setattr(module, name, afresh)
    return tmp_path
