import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from superthread import policies
from superthread.models import Memory
from superthread.transfer.accounts import caller
from superthread.transfer.exporting import lines, replacing


class Command(BaseCommand):
    help = (
        "Write memories as JSONL that import_memories and the API take: present states, without "
        "versions, grants and trash. The file is replaced when the new one is complete."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="FILE", type=Path)
        parser.add_argument(
            "--as",
            dest="email",
            metavar="EMAIL",
            help="what this user may read; default: all memories of the hub",
        )
        parser.add_argument(
            "--sources",
            action="store_true",
            help="name each memory, so that importing a later export changes it instead of adding "
            "another; only for import_memories, the API refuses the name",
        )

    def handle(
        self, *, path: Path, email: str | None, sources: bool, verbosity: int, **options: Any
    ) -> str:
        chosen = policies.alive() if email is None else policies.visible_to(caller(email))
        total = Memory.objects.filter(chosen).count()
        written = 0
        try:
            with (
                tqdm(total=total, file=sys.stderr, disable=verbosity == 0, unit="memory") as bar,
                replacing(path) as file,
            ):
                for line in lines(chosen, sources=sources):
                    file.write(line)
                    written += 1
                    bar.update()
        except OSError as error:
            raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
        return f"{written} exported"
