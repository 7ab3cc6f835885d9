"""A hub with memories of real text, and the databases that tell what it writes to them."""

import argparse
import importlib
import itertools
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
import psycopg2

from benchmarks.search.corpus import memories
from testing.postgres import PostgresServer
from testing.servers.hub import ROOT, HubServer, new_database

LETTERS, BATCH = 150, 20
KINDS = (("save", 1), (f"batch of {BATCH}", BATCH))
WRITES_BEFORE_LATER = 20  # batches
RESTS = 0.4  # seconds without a further byte
INDEX = "superthread_search"  # its tables begin so
# The library that the hub itself has: two of different ages at one file are asking for trouble.
sqlite: Any = importlib.import_module("pysqlite3" if sys.platform == "linux" else "sqlite3")


class Database(Protocol):
    """What a hub writes to."""

    def written(self) -> int:
        """Bytes of its log so far, once it rests."""

    def empty_log(self) -> None:
        """A checkpoint."""

    def index_bytes(self) -> int:
        """Of the search index."""


class Sqlite:
    def __init__(self, directory: Path) -> None:
        self.file = directory / "hub.sqlite3"
        self.log = directory / "hub.sqlite3-wal"

    def written(self) -> int:
        return _at_rest(lambda: self.log.stat().st_size)

    def empty_log(self) -> None:
        """Raises RuntimeError where the hub reads for too long."""
        with closing(sqlite.connect(self.file, timeout=10)) as connection:
            for _ in range(50):
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return
                time.sleep(0.1)
        raise RuntimeError("The log cannot be emptied")

    def index_bytes(self) -> int:
        """By what the file loses with its tables."""
        with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
            copy = Path(directory) / "copy.sqlite3"
            with closing(sqlite.connect(self.file)) as connection:
                connection.execute("VACUUM INTO ?", [str(copy)])
            whole = copy.stat().st_size
            with closing(sqlite.connect(copy, isolation_level=None)) as connection:
                names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ?"
                for (name,) in connection.execute(names, [f"{INDEX}*"]).fetchall():
                    connection.execute(f'DROP TABLE "{name}"')
                connection.execute("VACUUM")
            return whole - copy.stat().st_size


class Postgresql:
    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url)
        self._connection.autocommit = True

    def written(self) -> int:
        return _at_rest(lambda: self._value("SELECT pg_current_wal_insert_lsn() - '0/0'"))

    def empty_log(self) -> None:
        self.do("CHECKPOINT")

    def index_bytes(self) -> int:
        self.do("VACUUM")
        return self._value(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            f" WHERE relkind = 'r' AND starts_with(relname, '{INDEX}')"
        )

    def do(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall()

    def _value(self, query: str) -> int:
        return int(self.rows(query)[0][0])


def _at_rest(measure: Any) -> int:
    """What it is when it has not changed for a moment: the journal comes after the write."""
    found, since = measure(), time.monotonic()
    while time.monotonic() - since < RESTS:
        time.sleep(0.05)
        if (now := measure()) != found:
            found, since = now, time.monotonic()
    return found


class Hub:
    """A hub with memories; ``figures`` has bytes by name, a value for each write."""

    def __init__(self, server: HubServer, database: Database, count: int) -> None:
        self.database, self._count = database, count
        headers = {"Authorization": f"Bearer {server.token('bench@example.com')}"}
        self._client = httpx.Client(base_url=server.url, headers=headers, timeout=120)
        texts = memories(count, seed=3)
        while drafts := [{"content": text} for text in itertools.islice(texts, 500)]:
            self._post("/superthread/batch/save", {"memories": drafts})
        self.figures: dict[str, list[float]] = {}
        self._short = (text[:LETTERS] for text in memories(10**6, seed=4) if len(text) >= LETTERS)
        self._note("index for a memory", database.index_bytes() / count)

    def round(self) -> None:
        """A save and a batch, after a checkpoint each."""
        for name, size in KINDS:
            self.database.empty_log()
            self._note(f"{name}, after a checkpoint", self.cost(size))

    def later(self) -> None:
        """A save and a batch without one."""
        for name, size in KINDS:
            self._note(f"{name}, later", self.cost(size))

    def move_on(self) -> None:
        """Writes until most pages that saves touch have been in the log since the checkpoint."""
        for _ in range(WRITES_BEFORE_LATER):
            self.cost(BATCH)

    def cost(self, size: int) -> int:
        """Bytes that saving so many memories together writes."""
        before = self.database.written()
        drafts = [{"content": text} for text in itertools.islice(self._short, size)]
        if size == 1:
            self._post("/superthread/memories", drafts[0])
        else:
            self._post("/superthread/batch/save", {"memories": drafts})
        return self.database.written() - before

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self._client.post(path, json=body).raise_for_status()

    def _note(self, name: str, value: float) -> None:
        self.figures.setdefault(name, []).append(value)


@contextmanager
def hubs(options: argparse.Namespace) -> Iterator[dict[str, Hub]]:
    """The hub of this checkout, and the other one's."""
    roots = {"this": ROOT} | ({"before": options.before.resolve()} if options.before else {})
    with ExitStack() as stack:
        postgres = None
        if options.database == "postgresql":
            # What cleans up by itself would write at moments of its own.
            own = ("autovacuum=off", "checkpoint_timeout=1h", "max_wal_size=8GB")
            postgres = PostgresServer(durable=True, settings=own)
            stack.enter_context(postgres)
        found = {}
        for name, root in roots.items():
            directory = Path(tempfile.mkdtemp(prefix="hub-bench-"))
            stack.callback(shutil.rmtree, directory, ignore_errors=True)
            url = new_database(postgres.url()) if postgres else None
            variables = {"HUB_RATE_LIMIT": "off", "HUB_LOG_LEVEL": "WARNING", "HUB_ACCESS_LOG": 0}
            server = HubServer(directory, url, 1, root=root, **variables)
            stack.enter_context(server)
            database = Postgresql(url) if url else Sqlite(directory)
            found[name] = Hub(server, database, options.memories)
        yield found
