"""Bytes that saves write, and bytes of the search index for a memory, on either database.

script/bench disk
script/bench disk --database postgresql --before CHECKOUT

One hub of one worker, with memories of real text in it, and another checkout's beside it, in turn.
SQLite: its log, emptied before each write. PostgreSQL: how far its log has grown once it rests,
right after a checkpoint, when pages go in whole, and later. Medians; all that a write leads to
(journal, totals) is in them. The index is what its tables take, after a VACUUM.
"""

import argparse
import importlib
import itertools
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
import psycopg2

from benchmarks.hubs import DATABASES
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
        self._file = directory / "hub.sqlite3"
        self._log = directory / "hub.sqlite3-wal"

    def written(self) -> int:
        return _at_rest(lambda: self._log.stat().st_size)

    def empty_log(self) -> None:
        """Raises RuntimeError where the hub reads for too long."""
        with closing(sqlite.connect(self._file, timeout=10)) as connection:
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
            with closing(sqlite.connect(self._file)) as connection:
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
        self._do("CHECKPOINT")

    def index_bytes(self) -> int:
        self._do("VACUUM")
        return self._value(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            f" WHERE relkind = 'r' AND starts_with(relname, '{INDEX}')"
        )

    def _do(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def _value(self, query: str) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return int(cursor.fetchone()[0])


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
        self._database, self._count = database, count
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
            self._database.empty_log()
            self._note(f"{name}, after a checkpoint", self._cost(size))

    def later(self) -> None:
        """A save and a batch without one."""
        for name, size in KINDS:
            self._note(f"{name}, later", self._cost(size))

    def move_on(self) -> None:
        """Writes until most pages that saves touch have been in the log since the checkpoint."""
        for _ in range(WRITES_BEFORE_LATER):
            self._cost(BATCH)

    def _cost(self, size: int) -> int:
        before = self._database.written()
        drafts = [{"content": text} for text in itertools.islice(self._short, size)]
        if size == 1:
            self._post("/superthread/memories", drafts[0])
        else:
            self._post("/superthread/batch/save", {"memories": drafts})
        return self._database.written() - before

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


def main() -> None:
    options = parse()
    with hubs(options) as running:
        in_turn(options.rounds, list(running.values()), Hub.round)
        if options.database == "postgresql":
            in_turn(1, list(running.values()), Hub.move_on)
            in_turn(options.rounds, list(running.values()), Hub.later)
    print(f"{options.database}, {options.memories} memories; bytes, medians of {options.rounds}")
    for name, values in running["this"].figures.items():
        line = f"{name:36} {statistics.median(values):12,.0f}"
        if "before" in running:
            before = statistics.median(running["before"].figures[name])
            line += f"   before {before:12,.0f}   ratio {statistics.median(values) / before:.2f}"
        print(line)


def in_turn(rounds: int, running: list[Hub], step: Callable[[Hub], None]) -> None:
    """Each in every round, the other one first in the next."""
    for number in range(rounds):
        for hub in running[:: 1 if number % 2 else -1]:
            step(hub)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench disk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--before", metavar="CHECKOUT", type=Path, help="another hub beside it")
    parser.add_argument("--memories", type=int, default=3000, help="that are there before (3000)")
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()


if __name__ == "__main__":
    main()
