"""How long large writes hold the database's writer at a time, alone and beside computing threads.

script/bench held
script/bench held --database postgresql --beside 2

In one process, without HTTP: a transaction is measured from its beginning to the end of its commit.
On SQLite nobody else writes meanwhile. The threads beside it take terms of a text without a pause,
and each time a statement begins or ends, the interpreter's lock has to be had from them again.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

DATABASES = ("sqlite", "postgresql")
MEGABYTE = 2**20 - 64
BATCH = 250


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        set_up(options.database, directory)
        print(f"{options.database}; longest and all transactions in ms, how many, whole time in s")
        writes = Writes()
        for beside in (0, options.beside):
            print(f"beside {beside} computing threads" if beside else "alone")
            with computing(beside):
                for name, write in writes.cases():
                    report(name, write)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--beside", type=int, default=2, help="threads that compute")
    return parser.parse_args()


def set_up(database: str, directory: str) -> None:
    """Django on an empty database in the directory."""
    os.environ |= {
        "HUB_ENVIRONMENT": "test",
        "HUB_DATA_DIR": directory,
        "DJANGO_SETTINGS_MODULE": "memory_hub.settings",
        "HUB_LOG_LEVEL": "ERROR",
    }
    if database == "postgresql":
        from testing.postgres import start_postgres
        from testing.servers.hub import new_database

        os.environ["DATABASE_URL"] = new_database(start_postgres())
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from memory_hub.http.application import SWITCH_SECONDS

    sys.setswitchinterval(SWITCH_SECONDS)  # as in a worker


def hangul(size: int, seed: int) -> str:
    """Random syllables in words of two to six."""
    chosen, words, left = random.Random(seed), [], size
    while left > 0:
        word = "".join(chr(chosen.randrange(0xAC00, 0xD7A4)) for _ in range(chosen.randrange(2, 7)))
        words.append(word)
        left -= 3 * len(word) + 1
    return " ".join(words[:-1])


@cache
def ordinary(count: int) -> list[str]:
    """So many words of letters."""
    known = random.Random(0)
    return ["".join(known.choices("abcdefghijklmnop", k=6)) for _ in range(count)]


def words(size: int, seed: int, vocabulary: int = 0) -> str:
    """Words of letters: all distinct, or as often as in ordinary text out of so many."""
    chosen, table = random.Random(seed), ordinary(vocabulary)
    found, left = [], size
    while left > 0:
        if vocabulary:
            word = table[min(int(chosen.paretovariate(0.5)), vocabulary) - 1]
        else:
            word = "".join(chosen.choices("abcdefghijklmnopqrstuvwxyz", k=7))
        found.append(word)
        left -= len(word) + 1
    return " ".join(found[:-1])


class Writes:
    """The writes that are measured, by one user of an empty hub."""

    def __init__(self) -> None:
        from memory_hub.accounts.principal import principal_of
        from memory_hub.accounts.services import ensure_user
        from memory_hub.core.identity import OPERATOR

        self.by = principal_of(ensure_user("bench@example.com", by=OPERATOR), "command")
        self._seed = 0

    def seed(self) -> int:
        """Another one each time: no words are known."""
        self._seed += 1
        return self._seed

    def cases(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        from superthread.services import revise, save
        from superthread.services.batch import Saves
        from superthread.services.batch_terms import BatchOptions
        from superthread.services.lifecycle import purge
        from superthread.store_terms import Draft

        by = self.by
        for name, make in (("Hangul", hangul), ("distinct words", words)):
            draft = Draft(make(MEGABYTE, self.seed()))
            yield f"save 1 MB of {name}", partial(save.save, draft, by=by)
        row = save.save(Draft(hangul(MEGABYTE, self.seed())), by=by)
        doc_id = str(row["doc_id"])
        changes = {"content": hangul(MEGABYTE, self.seed())}
        yield "change it", partial(revise.revise, doc_id=doc_id, changes=changes, by=by)
        yield "purge it", partial(purge, doc_id=doc_id, by=by)
        for name, vocabulary in (("text", 60_000), ("distinct words", 0)):
            for how in (BatchOptions(), BatchOptions(atomic=True)):
                texts = [words(8_000, self.seed(), vocabulary) for _ in range(BATCH)]
                items = Saves([Draft(text) for text in texts], by=by)
                kind = "atomic" if how.atomic else "in parts"
                case = f"batch {kind}, {BATCH} times 8 KB of {name}"
                yield case, partial(in_parts, items, how)


def in_parts(items: Any, how: Any) -> None:
    """A batch as its view carries it out."""
    from django.db import transaction

    start = 0
    while start < len(items.items):
        part = items.prepare(start, how)
        with transaction.atomic():
            part.carry_out()
        start = part.end


def report(name: str, write: Callable[[], Any]) -> None:
    with transactions() as held:
        began = time.perf_counter()
        write()
        whole = time.perf_counter() - began
    longest, count = max(held) * 1000, len(held)
    print(f"  {name:<48} {longest:7.0f} {sum(held) * 1000:8.0f} {count:5} {whole:7.2f}", flush=True)


@contextmanager
def transactions() -> Iterator[list[float]]:
    """The seconds of each transaction of this thread, those of a single statement among them."""
    from django.db import connection

    connection.ensure_connection()
    held: list[float] = []
    began: list[float] = []
    start, commit = connection._start_transaction_under_autocommit, connection.commit
    set_autocommit = connection.set_autocommit

    def begin(*arguments: Any, **options: Any) -> Any:
        result = set_autocommit(*arguments, **options)
        if not arguments[0]:
            began.append(time.perf_counter())
        return result

    def begin_immediate() -> None:
        start()
        began[-1:] = [time.perf_counter()]

    def end() -> None:
        commit()
        held.append(time.perf_counter() - began.pop())

    def statement(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        at = time.perf_counter()
        result = execute(sql, *rest)
        if not connection.in_atomic_block and sql.startswith("INSERT"):
            held.append(time.perf_counter() - at)
        return result

    connection.set_autocommit, connection.commit = begin, end
    connection._start_transaction_under_autocommit = begin_immediate
    try:
        with connection.execute_wrapper(statement):
            yield held
    finally:
        del connection.set_autocommit, connection.commit
        del connection._start_transaction_under_autocommit


@contextmanager
def computing(count: int) -> Iterator[None]:
    """So many threads that take terms without a pause."""
    from superthread.search.index.indexer import count_terms

    stop, text = threading.Event(), hangul(100_000, 0)

    def compute() -> None:
        while not stop.is_set():
            count_terms(text)

    threads = [threading.Thread(target=compute) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
