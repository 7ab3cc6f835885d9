"""manage.py reindex"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS
from tqdm import tqdm

from memory_hub.core.identity import OPERATOR
from memory_hub.database.exclusive import alone
from superthread.search.renewal.state import Superseded
from superthread.services.upkeep import linking
from superthread.services.upkeep.reindexing import clean, reindex, remaining

REINDEXING = 0x4D48_5249  # the number of the advisory lock


class Command(BaseCommand):
    help = (
        "Index the memories that are not indexed by the present analyzer, and recognise links that "
        "are not told yet. Safe beside a running hub, whose searches see the old index of a space "
        "until the new one is there; stopped half-way it goes on where it was the next time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="all memories, also those indexed already"
        )
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *, all: bool, quiet: bool, **options: Any) -> str:
        with alone(DEFAULT_DB_ALIAS, "reindex", REINDEXING) as is_alone:
            if not is_alone:
                raise CommandError("Another reindex is running; nothing was done.")
            try:
                return self._reindex(everything=all, quiet=quiet)
            except Superseded:
                raise CommandError("Another reindex goes on with it.") from None

    def _reindex(self, *, everything: bool, quiet: bool) -> str:
        done, total = 0, remaining(everything=everything)
        with tqdm(total=total, unit=" memories", file=self.stderr, disable=quiet) as bar:
            for count in reindex(everything=everything, by=OPERATOR):
                done += count
                bar.update(count)
        sum(linking.fill())
        orphans, words = clean()
        return (
            f"Indexed {done} memories; removed {orphans} that no longer exist and {words} words "
            "that no memory has."
        )
