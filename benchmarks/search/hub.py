"""A hub of its own for the benchmark, on either database, filled without a detour over HTTP."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from testing.postgres import start_postgres
from testing.servers.hub import ROOT, HubServer, new_database

USER = "bench@example.com"


class Hub:
    """A running hub and a client of one user."""

    def __init__(self, server: HubServer, user: str = USER) -> None:
        self.server, self.user = server, user
        headers = {"Authorization": f"Bearer {server.token(user)}"}
        self.client = httpx.Client(base_url=server.url, headers=headers, timeout=60)

    def fill(self, memories: Iterator[dict[str, str]]) -> list[str]:
        """Save {content, category} lines as the user's; returns the doc_ids in order."""
        return self._run("load", memories)

    def measure(self, sentences: Iterator[dict[str, str]]) -> dict[str, Any]:
        """Milliseconds to index each of these, and bytes of the index per memory."""
        return self._run("measure", sentences)

    def index_bytes(self) -> int:
        """Bytes of the index."""
        return self._run("size", iter(()))

    def weigh(self, choices: Iterator[dict[str, Any]]) -> list[list[list[int]]]:
        """For each {weights, drafts, queries} the places of the drafts that each query finds."""
        return self._run("weigh", choices)

    def search(self, client: httpx.Client, **body: Any) -> list[str]:
        """The doc_ids of the results. Raises for any answer but 200."""
        answer = client.post("/superthread/search", json=body)
        answer.raise_for_status()
        return [found["doc_id"] for found in answer.json()["results"]]

    def _run(self, what: str, lines: Iterator[dict[str, str]]) -> Any:
        """Run the part of this benchmark that works inside the hub's own Django."""
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.search.inside", what, self.user],
            input="\n".join(json.dumps(line) for line in lines),
            cwd=ROOT,
            env=self.server.environment | {"DJANGO_SETTINGS_MODULE": "memory_hub.settings"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)


@contextmanager
def running_hub(database: str, workers: int) -> Iterator[Hub]:
    """A hub on an empty "sqlite" or "postgresql" in a temporary directory."""
    url = new_database(start_postgres()) if database == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        limits = {"HUB_RATE_LIMIT": "off", "HUB_LOG_LEVEL": "WARNING"}
        with HubServer(Path(directory), url, workers, **limits) as server:
            hub = Hub(server)
            yield hub
            hub.client.close()
