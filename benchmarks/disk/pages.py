"""Which tables and indexes a save writes, page by page."""

import shutil
import sqlite3
import struct
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.disk.hub import BATCH, Hub, Postgresql, Sqlite

# https://www.sqlite.org/fileformat2.html#the_write_ahead_log
LOG_HEADER, FRAME_HEADER = 32, 24
# Whole pages, their bytes, and bytes of records, by what they are of.
OF_RELATIONS = """
SELECT coalesce(c.relname, 'others'), count(*) FILTER (WHERE block_fpi_length > 0),
  coalesce(sum(block_fpi_length), 0), coalesce(sum(block_data_length), 0)
FROM pg_get_wal_block_info(%s, %s) AS b
LEFT JOIN pg_class AS c ON pg_relation_filenode(c.oid) = b.relfilenode GROUP BY 1
"""
HERE = "SELECT pg_current_wal_insert_lsn()"

# Pages, their bytes and those of records, by the names of tables and indexes.
Written = dict[str, tuple[int, int, int]]


def of_sqlite(database: Sqlite, save: Callable[[], int]) -> Written:
    """What ``save`` writes. Raises sqlite3.OperationalError where Python's SQLite has no dbstat."""
    database.empty_log()
    save()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        copy, log = Path(directory) / "copy.sqlite3", Path(directory) / "copy.sqlite3-wal"
        shutil.copy(database.file, copy)
        shutil.copy(database.log, log)
        size, numbers = pages_in(log.read_bytes())
        with closing(sqlite3.connect(copy)) as connection:
            named = dict(connection.execute("SELECT pageno, name FROM dbstat").fetchall())
    pages = Counter(named.get(number, "free") for number in numbers)
    return {name: (count, count * (size + FRAME_HEADER), 0) for name, count in pages.items()}


def pages_in(log: bytes) -> tuple[int, list[int]]:
    """The size of a page, and the number of each page in a log, in order."""
    (size,) = struct.unpack_from(">I", log, 8)
    return size, list(_numbers(log, size + FRAME_HEADER))


def _numbers(log: bytes, frame: int) -> Iterator[int]:
    salts = log[16:24]
    for start in range(LOG_HEADER, len(log) - frame + 1, frame):
        # What is behind is of a log before.
        if log[start + 8 : start + 16] != salts:
            return
        yield struct.unpack_from(">I", log, start)[0]


def of_postgresql(database: Postgresql, save: Callable[[], int]) -> Written:
    """What ``save`` writes."""
    database.written()
    database.empty_log()
    [(start,)] = database.rows(HERE)
    save()
    [(end,)] = database.rows(HERE)
    return {name: tuple(map(int, told)) for name, *told in database.rows(OF_RELATIONS, start, end)}


def print_pages(hub: Hub, size: int, rounds: int) -> None:
    """A line for each table and index: means of so many saves of ``size`` memories."""
    sums: Counter[tuple[str, int]] = Counter()
    for _ in range(rounds):
        for name, told in _written(hub, size).items():
            sums.update({(name, place): value for place, value in enumerate(told)})
        # What goes in whole is as large as it has got full.
        hub.database.empty_log()
        hub.cost(BATCH)
    names = sorted({name for name, _ in sums}, key=lambda name: -sums[name, 1] - sums[name, 2])
    print(f"{'':44} {'pages':>7} {'bytes':>9} {'records':>9}")
    for name in (*names, "all"):
        summed = names if name == "all" else [name]
        means = [sum(sums[one, place] for one in summed) / rounds for place in range(3)]
        print(f"{name:44} {means[0]:7.1f} {means[1]:9,.0f} {means[2]:9,.0f}")


def _written(hub: Hub, size: int) -> Written:
    database = hub.database
    if isinstance(database, Postgresql):
        database.do("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
        return of_postgresql(database, lambda: hub.cost(size))
    assert isinstance(database, Sqlite)
    return of_sqlite(database, lambda: hub.cost(size))
