"""This release's tables put under a hub of the one before, while it answers requests."""

import argparse
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from testing.consistency.races import MEMORIES, Caller
from testing.servers.hub import HubServer, new_database

ROOT = Path(__file__).resolve().parents[2]
# Of the requests beside a migration: clients, and seconds before it and after it for comparison.
CALLERS, ALONE = 32, 15

OLD_MEMORIES = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
INSERT INTO superthread_memory (doc_id, owner_id, scope, category, title, content, metadata, size,
    revision, version, created_at, updated_at)
SELECT {doc_id}, {owner}, 0, 'default', 'note', {content}, '{{}}', 1000, 1, 1, {moment}, {moment}
FROM numbers
"""
SQLITE = {
    "doc_id": "lower(hex(randomblob(16)))",
    "content": "printf('note %d%s %.980c', n, iif(n % 5, '', ' [[note ' || n / 2 || ']]'), 'x')",
    "moment": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || n || ' seconds')",
}
POSTGRESQL = {
    "doc_id": "gen_random_uuid()",
    "content": "rpad('note ' || n || CASE n % 5 WHEN 0 THEN ' [[note ' || n / 2 || ']]' "
    "ELSE '' END || ' ', 1000, 'x')",
    "moment": "now() - n * interval '1 second'",
}


def migration(options: argparse.Namespace) -> None:
    """A hub of the release before answers while its tables become this release's."""
    url = None
    if options.database == "postgresql":
        from testing.postgres import start_postgres

        url = new_database(start_postgres())
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        limits = {"HUB_RATE_LIMIT": "off", "HUB_LOG_LEVEL": "WARNING"}
        old = HubServer(Path(directory), url, 2, root=options.before.resolve(), **limits)
        with old, Caller(old.url, old.token("bench@example.com")) as caller:
            _fill_old(Path(directory), url, caller, options.memories)
            print(f"{options.database}, {options.memories:,} memories; median / p95 / longest")
            _told_alone("before", caller, options.rate)
            new = HubServer(Path(directory), url, root=ROOT, **limits)
            load = _Load(caller, options.rate)
            started = time.perf_counter()
            with load.running():
                new.manage("migrate", "--verbosity", "0")
            took = time.perf_counter() - started
            print(f"during the migration, {took:.1f} s: {load.told()}")
            _told_alone("after", caller, options.rate)


def _told_alone(when: str, caller: Caller, rate: float) -> None:
    load = _Load(caller, rate)
    load.run_for(ALONE)
    print(f"{when}, {ALONE} s: {load.told()}")


def _fill_old(directory: Path, url: str | None, caller: Caller, count: int) -> None:
    caller.save("The first one.")
    if url is not None:
        import psycopg2

        connection, phrases = psycopg2.connect(url), POSTGRESQL
    else:
        from pysqlite3 import dbapi2

        connection, phrases = dbapi2.connect(directory / "hub.sqlite3", timeout=60), SQLITE
    cursor = connection.cursor()
    cursor.execute("SELECT min(owner_id) FROM superthread_memory")
    (owner,) = cursor.fetchone()
    cursor.execute(OLD_MEMORIES.format(count=count, owner=owner, **phrases))
    connection.commit()
    connection.close()


class _Load:
    """A save and three lists by turns, so many a second."""

    def __init__(self, caller: Caller, rate: float) -> None:
        self.caller, self.rate = caller, rate
        self.times: dict[str, list[float]] = {"saves": [], "lists": []}
        self.failed: list[int] = []
        self._ended = threading.Event()

    def told(self) -> str:
        parts = []
        for name, times in self.times.items():
            *_, late = statistics.quantiles(times, n=20)
            figures = [statistics.median(times), late, max(times)]
            told = " / ".join(f"{one * 1000:.0f}" for one in figures)
            parts.append(f"{len(times)} {name} {told} ms")
        return f"{len(self.failed)} failed {self.failed[:5]}, {', '.join(parts)}"

    @contextmanager
    def running(self) -> Any:
        # Enough that who waits for a lock keeps no other from asking.
        with ThreadPoolExecutor(CALLERS, initializer=lambda: self.caller.http) as pool:
            dispatcher = threading.Thread(target=self._dispatch, args=(pool,))
            dispatcher.start()
            try:
                yield
            finally:
                self._ended.set()
                dispatcher.join()

    def run_for(self, seconds: float) -> None:
        with self.running():
            time.sleep(seconds)

    def _dispatch(self, pool: ThreadPoolExecutor) -> None:
        number, began = 0, time.perf_counter()
        while not self._ended.wait(began + number / self.rate - time.perf_counter()):
            pool.submit(self._ask, number, time.perf_counter())
            number += 1

    def _ask(self, number: int, started: float) -> None:
        http = self.caller.http
        try:
            if number % 4 == 0:
                answer = http.post(MEMORIES, json={"content": f"Saved meanwhile, {number}."})
            else:
                # Another cursor's worth each, so that none is kept.
                limit = {"limit": str(2 + number % 9), "content": "none"}
                answer = http.get(MEMORIES, params=limit)
            status = answer.status_code
        except httpx.TransportError:
            status = 0
        self.times["lists" if number % 4 else "saves"].append(time.perf_counter() - started)
        if not 200 <= status < 300:
            self.failed.append(status)
