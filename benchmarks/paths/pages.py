"""Pages that a list and a read look at, by path and otherwise."""

import argparse
import os
import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.held import set_up
from testing.looked_at import pages_of

AT_ONCE = 500


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
            print(f"{count:>9,} memories: {_compared(by, count)}")


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


def _compared(by: Any, count: int) -> str:
    from superthread.models import Memory
    from superthread.reads import memories, named
    from superthread.reads.filters import Under

    chosen = Memory.objects.get(path=_path(count // 2))
    folder = _path(count // 2).partition("/")[0]
    spot = named.Spot(by.user_id, _path(count // 2))

    def page(**how: Any) -> Callable[[], Any]:
        return lambda: memories.page(by=by, show=lambda row: row["title"], **how)

    measured = {
        "list by time": page(),
        "list by path": page(under=Under.of(f"{folder}/"), sort="path"),
        "list by path and depth": page(under=Under.of(f"{folder}/", 2), sort="path"),
        "read by id": lambda: named.row_of(doc_id=chosen.doc_id, by=by),
        "read by path": lambda: named.row_at(spot, by=by),
    }
    counted = {name: pages_of(act) for name, act in measured.items()}
    listed, read = counted["list by time"], counted["read by id"]
    ratios = {
        name: number / (listed if name.startswith("list") else read)
        for name, number in counted.items()
    }
    return ", ".join(f"{name} {counted[name]} ({ratios[name]:.2f})" for name in counted)
