"""A hub of its own for a benchmark, on either database."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testing.consistency.races import Caller
from testing.postgres import start_postgres
from testing.servers.hub import HubServer, new_database

DATABASES = ("sqlite", "postgresql")


@contextmanager
def running_hub(database: str, workers: int) -> Iterator[Caller]:
    """A user of a hub on an empty "sqlite" or "postgresql" in a temporary directory."""
    url = new_database(start_postgres()) if database == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        variables = {"HUB_RATE_LIMIT": "off", "HUB_LOG_LEVEL": "WARNING"}
        with (
            HubServer(Path(directory), url, workers, **variables) as server,
            Caller(server.url, server.token("bench@example.com")) as caller,
        ):
            yield caller
