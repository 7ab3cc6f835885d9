"""manage.py reindex"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from memory_hub.core.identity import OPERATOR
from superthread.models import Memory
from superthread.services.upkeep import linking
from superthread.services.upkeep.reindexing import clean, outdated, reindex


class Command(BaseCommand):
    help = (
        "Index the memories that are not indexed by the present analyzer, and recognise links that "
        "are not told yet. Safe beside a running hub; stopped half-way it goes on where it was the "
        "next time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="all memories, also those indexed already"
        )
        parser.add_argument(
            "--from-id", type=int, default=0, help="with --all: go on from this memory"
        )
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *, all: bool, from_id: int, quiet: bool, **options: Any) -> str:
        memories = Memory.objects.order_by("pk") if all else outdated()
        done = 0
        total = memories.filter(pk__gte=from_id).count()
        with tqdm(total=total, unit=" memories", file=self.stderr, disable=quiet) as bar:
            for last, count in reindex(memories, from_id, by=OPERATOR):
                done += count
                bar.update(count)
                if all:
                    bar.set_postfix_str(f"to go on: --from-id {last + 1}")
        sum(linking.fill())
        orphans, words = clean()
        return (
            f"Indexed {done} memories; removed {orphans} that no longer exist and {words} words "
            "that no memory has."
        )
