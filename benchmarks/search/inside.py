"""The parts that run inside the hub's Django: python -m benchmarks.search.inside WHAT USER.

Reads lines of JSON from standard input (those to save: {content, category, metadata}) and prints
one JSON value.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

AT_ONCE = 1_000  # memories a transaction
INDEX = ("term", "document", "fresh", "segment", "page", "word")


def main() -> None:
    what, email = sys.argv[1:]
    django.setup()
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user
    from memory_hub.core.identity import OPERATOR

    lines = [json.loads(line) for line in sys.stdin]
    by = principal_of(ensure_user(email, by=OPERATOR), "command")
    parts = {"load": load, "measure": measure, "weigh": weigh, "size": size}
    print(json.dumps(parts[what](lines, by)))


def load(lines: list[dict[str, Any]], by: Any) -> list[str]:
    """Save all; returns the doc_ids."""
    from superthread.services.save import save_all
    from superthread.store_terms import Draft

    ids: list[str] = []
    for start in range(0, len(lines), AT_ONCE):
        rows = save_all([Draft(**line) for line in lines[start : start + AT_ONCE]], by=by)
        ids += [str(row["doc_id"]) for row in rows]
        print(f"\rsaved {len(ids):,}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    _settle()
    return ids


def measure(lines: list[dict[str, str]], by: Any) -> dict[str, Any]:
    """Bytes of the index per memory, then milliseconds to index each line in a transaction."""
    from django.db import transaction

    from memory_hub.database.statements import run
    from superthread.models import Memory
    from superthread.models.space import space_of
    from superthread.search.index import indexer
    from superthread.services.save import save_all
    from superthread.store_terms import Draft

    bytes_per_memory = index_bytes() / Memory.objects.count()
    rows = save_all([Draft(**line) for line in lines], by=by)
    times = []
    for row in rows:
        started = time.perf_counter()
        with transaction.atomic():
            terms = indexer.prepare([indexer.count_terms(row["content"])])
            run(indexer.written([row["id"]], terms, [space_of(row)]))
        times.append((time.perf_counter() - started) * 1000)
    return {"bytes_per_memory": bytes_per_memory, "index_ms": times}


def weigh(lines: list[dict[str, Any]], by: Any) -> list[list[list[int]]]:
    """The places of the drafts that each query finds, for each choice of weights."""
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user
    from memory_hub.core.identity import OPERATOR
    from superthread.search.index import described
    from superthread.search.service import search
    from superthread.services.save import save_all
    from superthread.store_terms import Draft

    def ranked(line: dict[str, Any], number: int) -> list[list[int]]:
        described.WEIGHTS.update(line["weights"])
        by = principal_of(ensure_user(f"weights-{number}@example.com", by=OPERATOR), "command")
        rows = save_all([Draft(**draft) for draft in line["drafts"]], by=by)
        places = {row["id"]: place for place, row in enumerate(rows)}
        found: list[list[int]] = [[] for _ in line["queries"]]
        for body, one in zip(line["queries"], found, strict=True):
            search(**body, by=by, show=lambda hit, one=one: one.append(places[hit.row["id"]]))
        return found

    return [ranked(line, number) for number, line in enumerate(lines)]


def size(lines: list[dict[str, Any]], by: Any) -> int:
    """Bytes of the index."""
    return index_bytes()


def index_bytes() -> int:
    """Bytes of the index tables and their indexes, on a tidy database."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            sizes = " + ".join(f"pg_total_relation_size('superthread_search_{n}')" for n in INDEX)
            cursor.execute(f"SELECT {sizes}")
            return int(cursor.fetchone()[0])
    return _sqlite_index_bytes()


def _sqlite_index_bytes() -> int:
    """The difference that dropping the tables makes to a compact copy of the file."""
    from django.db import connection

    with tempfile.TemporaryDirectory() as directory, connection.cursor() as cursor:
        copy = Path(directory) / "copy.sqlite3"
        cursor.execute("VACUUM INTO %s", [str(copy)])
        whole = copy.stat().st_size
        database = connection.Database.connect(copy)
        for name in INDEX:
            database.execute(f"DROP TABLE superthread_search_{name}")
        database.execute("VACUUM")
        database.close()
        return whole - copy.stat().st_size


def _settle() -> None:
    """What a server does by itself after a while: planner statistics, a short write-ahead log."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main()
