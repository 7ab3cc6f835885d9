"""A double in a process of its own, and hubs whose Google it is."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from testing.postgres import start_postgres
from testing.servers.children import ends_with_parent
from testing.servers.hub import HubServer, new_database

AMPLE = 10**9


class DoubleProcess:
    """`python -m testing.google`; a context manager with its address as `root`."""

    def __init__(self, latency: float) -> None:
        command = [sys.executable, "-m", "testing.google", "--latency", str(latency)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, **ends_with_parent()
        )
        assert self.process.stdout
        self.root = self.process.stdout.readline().strip().partition("=")[2]

    def __enter__(self) -> "DoubleProcess":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def hub(
    root: str, workers: int = 1, database: str = "sqlite", **variables: Any
) -> Iterator[HubServer]:
    """A hub whose Google is at `root`, none if that is empty; the limits do not matter here."""
    url = new_database(start_postgres()) if database == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        server = HubServer(
            Path(directory),
            url,
            workers,
            GOOGLE_DRIVE_UNITS_PER_MINUTE=AMPLE,
            GOOGLE_DOCS_READS_PER_MINUTE=AMPLE,
            GOOGLE_DOCS_WRITES_PER_MINUTE=AMPLE,
            HUB_RATE_LIMIT="off",
            **({"GOOGLE_API_ROOT": root} if root else {}),
            **variables,
        )
        with server:
            yield server
