"""What paths and spaces cost: pages that reads look at, saves, the migration beside a serving hub.

script/bench paths pages
script/bench paths saves --before CHECKOUT
script/bench paths migration --before CHECKOUT --database postgresql

CHECKOUT is a directory with the release before. `pages` compares lists and reads by path with those
by time and by id, among 1,000 and 100,000 memories. `saves` takes turns with the other checkout, in
processes that save memories without a path; `migration` puts this release's tables under a hub of
the other while it answers requests; a fifth of the memories have a link.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.held import DATABASES, set_up
from testing.races import MEMORIES, Caller
from testing.server import HubServer, new_database

ROOT = Path(__file__).resolve().parents[1]
PAGE_BYTES = 4096
WORDS = ("deploy", "plan", "key", "team", "release", "note", "server", "review", "weekly", "design")
AT_ONCE = 500
# Of the requests beside a migration: clients, and seconds before it and after it for comparison.
CALLERS, ALONE = 32, 15


def main() -> None:
    options = parse()
    {"pages": pages, "saves": saves, "migration": migration}[options.what](options)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("pages", "saves", "migration"))
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--before", type=Path, help="a checkout of the release before")
    parser.add_argument("--memories", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second")
    return parser.parse_args()


# Pages.


def pages(options: argparse.Namespace) -> None:
    """Pages that a list and a read look at, by path and otherwise, and their ratios."""
    os.environ["HUB_PREPARED_STATEMENTS"] = "0"
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        set_up(options.database, directory)
        by = _owner()
        print(f"{options.database}: pages read; a list of ten, one memory")
        have = 0
        for count in sorted({min(1_000, options.memories), options.memories}):
            _fill(have, count, by)
            have = count
            _settle()
            print(f"{count:>9,} memories: {_compared(by, options.database, count)}")


def _owner() -> Any:
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user
    from memory_hub.core.identity import OPERATOR

    return principal_of(ensure_user("bench@example.com", by=OPERATOR), "command")


def _path(number: int) -> str:
    # Those of a folder come one after the other, as an import brings them.
    return f"folder{number // 100}/sub{number // 50 % 2}/note{number}.md"


def _fill(start: int, end: int, by: Any) -> None:
    """Memories of a line with paths, by the ORM alone: the search index has no part in this."""
    from datetime import timedelta

    from django.utils import timezone

    from superthread.models import Memory
    from superthread.paths import depth_of

    now = timezone.now() - timedelta(days=2)
    for begin in range(start, end, AT_ONCE):
        Memory.objects.bulk_create(
            Memory(
                owner_id=by.user_id,
                path=_path(number),
                path_depth=depth_of(_path(number)),
                title=f"note {number}",
                content=f"note {number} " + "word " * 180,
                size=900 + len(str(number)) + 6,
                created_at=now + timedelta(seconds=number),
                updated_at=now + timedelta(seconds=number),
            )
            for number in range(begin, min(begin + AT_ONCE, end))
        )


def _settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        # No ANALYZE on SQLite: a hub makes none there.
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            # Of small tables as well: without their sizes the plan of each list is another one.
            cursor.execute("VACUUM ANALYZE")


def _compared(by: Any, database: str, count: int) -> str:
    from superthread.models import Memory
    from superthread.reads import memories
    from superthread.reads.filters import Under

    chosen = Memory.objects.get(path=_path(count // 2))
    folder = _path(count // 2).partition("/")[0]
    spot = memories.Spot(by.user_id, _path(count // 2))

    def page(**how: Any) -> Callable[[], Any]:
        return lambda: memories.page(by=by, show=lambda row: row["title"], **how)

    measured = {
        "list by time": page(),
        "list by path": page(under=Under.of(f"{folder}/"), sort="path"),
        "list by path and depth": page(under=Under.of(f"{folder}/", 2), sort="path"),
        "read by id": lambda: memories.row_of(doc_id=chosen.doc_id, by=by),
        "read by path": lambda: memories.row_at(spot, by=by),
    }
    counted = {name: _pages(act, database) for name, act in measured.items()}
    listed, read = counted["list by time"], counted["read by id"]
    ratios = {
        name: number / (listed if name.startswith("list") else read)
        for name, number in counted.items()
    }
    return ", ".join(f"{name} {counted[name]} ({ratios[name]:.2f})" for name in counted)


def _pages(act: Callable[[], Any], database: str) -> int:
    """Pages that the statements of ``act`` look at."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [one["sql"] for one in captured.captured_queries]
    return sum(map(_buffers if database == "postgresql" else _read, statements))


def _buffers(sql: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    found = plan[0]["Plan"]
    return found["Shared Hit Blocks"] + found["Shared Read Blocks"]


def _read(sql: str) -> int:
    """Of SQLite what a new connection reads of the file: each page at least once."""
    from django.db import connection

    wrapper = connection.copy()
    try:
        with wrapper.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size = 0")
            cursor.execute("SELECT count(*) FROM sqlite_master")
            before = _bytes_read()
            cursor.execute(sql.replace("%", "%%") if "%" in sql else sql)
            cursor.fetchall()
            return round((_bytes_read() - before) / PAGE_BYTES)
    finally:
        wrapper.close()


def _bytes_read() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(lines[0].removeprefix("rchar: "))


# Saves.

SAVER = """
import sys, time
from benchmarks.held import set_up
set_up(sys.argv[1], sys.argv[2])
from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services import ensure_user
from memory_hub.core.identity import OPERATOR
from superthread.services.save import save
from superthread.store_terms import Draft
by = principal_of(ensure_user("bench@example.com", by=OPERATOR), "command")
print("ready", flush=True)
for line in sys.stdin:
    drafts = [Draft(f"{line.strip()} {n} of this round") for n in range(100)]
    wall, cpu = time.perf_counter(), time.process_time()
    for draft in drafts:
        save(draft, by=by)
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
"""


@contextmanager
def _saver(root: Path, database: str, directory: str) -> Any:
    command = [sys.executable, "-c", SAVER, database, directory]
    with subprocess.Popen(
        command, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        if "ready" not in (process.stdout.readline() or ""):
            raise SystemExit(f"{root} does not save.")

        def round_of(text: str) -> tuple[float, float]:
            process.stdin.write(f"{text}\n")
            process.stdin.flush()
            wall, cpu = process.stdout.readline().split()
            return float(wall), float(cpu)

        yield round_of
        process.stdin.close()


def saves(options: argparse.Namespace) -> None:
    """Hundreds of saves without a path, this checkout and the one before by turns."""
    chance = random.Random(1)
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-") as ours,
        tempfile.TemporaryDirectory(prefix="hub-bench-") as theirs,
        _saver(ROOT, options.database, ours) as now,
        _saver(options.before.resolve(), options.database, theirs) as before,
    ):
        ratios: list[tuple[float, float]] = []
        for number in range(options.rounds + 2):
            text = " ".join(chance.choices(WORDS, k=60))
            pair = [now, before] if number % 2 else [before, now]
            told = {one: one(text) for one in pair}
            if number >= 2:  # the first ones warm up
                ratios.append(tuple(a / b for a, b in zip(told[now], told[before], strict=True)))
    for name, values in zip(("wall", "CPU"), zip(*ratios, strict=True), strict=True):
        low, middle, high = statistics.quantiles(values, n=4)
        print(f"{options.database}: {name} {middle:.3f} of before ({low:.3f} to {high:.3f})")


# The migration.

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


if __name__ == "__main__":
    main()
