"""What the journal costs: saves with it and without, kept reads with a counter, verifying.

script/bench journal saves --database postgresql
script/bench journal reads
script/bench journal verify --entries 1000000

In one process, interleaved round by round, so that what else the machine does is the same for both;
ratios are medians over the rounds. Processor time is this process's: PostgreSQL's own is not in it.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.held import DATABASES, set_up

SAVERS, SAVES = 8, 40
READS = 3_000


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        # A connection for each who saves.
        os.environ["HUB_POOL_SIZE"] = str(options.savers + 2)
        os.environ["HUB_STATEMENT_TIMEOUT"] = "0"
        set_up(options.database, directory)
        {"saves": saves, "reads": reads, "verify": verify}[options.what](options)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench journal",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("saves", "reads", "verify"))
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--savers", type=int, default=SAVERS, help="threads that save")
    parser.add_argument("--entries", type=int, default=1_000_000)
    return parser.parse_args()


def saves(options: argparse.Namespace) -> None:
    """Threads that save at once, each of its own user, with the journal and without."""
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user
    from memory_hub.core.identity import OPERATOR

    who = [
        principal_of(ensure_user(f"bench{number}@example.com", by=OPERATOR), "command")
        for number in range(options.savers)
    ]

    def both(name: str) -> tuple[float, float]:
        with_it = _saved(who, f"{name} with")
        with _without_a_journal():
            without = _saved(who, f"{name} without")
        return with_it[0] / without[0], with_it[1] / without[1]

    both("warming up")
    ratios = [both(f"round {number}") for number in range(options.rounds)]
    print(f"{options.savers} savers on {options.database}, with the journal ÷ without:")
    for name, column in zip(("time", "processor"), zip(*ratios, strict=True), strict=True):
        _tell(name, column)


def _saved(who: list[Any], text: str) -> tuple[float, float]:
    """Seconds and seconds of the processor for all of them."""
    from django.db import connections

    from superthread.services.save import save
    from superthread.store_terms import Draft

    def work(by: Any) -> None:
        for number in range(SAVES):
            save(Draft(f"{text}: note {number} about the launch on Tuesday."), by=by)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(by,)) for by in who]
    wall, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - wall, time.process_time() - cpu


@contextmanager
def _without_a_journal() -> Iterator[None]:
    """Nothing is appended, nor made of what was told."""
    from superthread.feed import recorded

    fact, append = recorded._fact, recorded.append
    recorded._fact, recorded.append = (lambda event: None), (lambda facts: [])
    try:
        yield
    finally:
        recorded._fact, recorded.append = fact, append


def reads(options: argparse.Namespace) -> None:
    """A kept answer at the fast path, with a counter of its own and without one."""
    from memory_hub.asgi import application
    from memory_hub.core.identity import Identity
    from memory_hub.http.fast_path import FastPath
    from memory_hub.journal.tallies import AnswerTally
    from testing.clients.in_process import client_for

    path: Any = application
    while not isinstance(path, FastPath):
        path = path.application
    client = client_for("bench@example.com")
    place = f"/superthread/memories/{client.save('Jun has the key.')['doc_id']}"
    scope = _scope(place, client.token)
    for _ in range(3):
        asyncio.run(_asked(application, dict(scope)))
    kept, _ = path.at_once(dict(scope)) or (None, b"")
    if kept is None:
        raise SystemExit("The answer is not kept.")
    tally = AnswerTally([("read.whole", 1)], Identity(1, "", frozenset(), token_id=1))

    def nanoseconds(with_it: bool) -> float:
        kept.tally = tally if with_it else None
        began = time.process_time_ns()
        for _ in range(READS):
            path.at_once(dict(scope))
        return (time.process_time_ns() - began) / READS

    pairs = [(nanoseconds(True), nanoseconds(False)) for _ in range(options.rounds)]
    print(f"a kept read: {statistics.median(off for _, off in pairs) / 1000:.1f} µs without")
    _tell("with a counter ÷ without", [on / off for on, off in pairs])


def _scope(path: str, token: str) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("localhost", 80),
        "headers": [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())],
    }  # fmt: skip


async def _asked(application: Any, scope: dict[str, Any]) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        pass

    await application(scope, receive, send)


def verify(options: argparse.Namespace) -> None:
    """A journal of so many entries is sealed and verified."""
    from django.db import connection
    from django.utils import timezone

    from memory_hub.journal import sealing, verifying
    from memory_hub.journal.models import Entry

    at = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [Entry.newest() + 1, options.entries, at])
    print(f"{options.entries} entries on {options.database}")
    print(f"sealed in   {_seconds(_seal_all(sealing.seal)):6.1f} s")
    print(f"verified in {_seconds(lambda: _good(verifying.verify())):6.1f} s")
    print(f"newest seal {_seconds(lambda: _good(verifying.verify_newest())) * 1000:6.1f} ms")


_MANY = """
INSERT INTO journal_entry (position, at, change, kind, actor_id, token_id, via, subject_id,
  revision, version, owner_id, space)
WITH RECURSIVE numbers (n) AS (SELECT %s UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
SELECT n, %s, n, 'memory.updated', 1, 1, 'rest', n %% 5000, 2, 2, 1, 1 FROM numbers
"""


def _seal_all(seal: Callable[[], bool]) -> Callable[[], None]:
    def all_of_it() -> None:
        while seal():
            pass

    return all_of_it


def _good(report: Any) -> None:
    if report.problems:
        raise SystemExit(report.problems[0])


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _tell(name: str, ratios: Any) -> None:
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(f"{name}: {middle:.3f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
