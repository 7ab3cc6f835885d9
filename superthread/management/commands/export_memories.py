import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from superthread import policies
from superthread.models import Memory
from superthread.transfer.accounts import caller
from superthread.transfer.exporting import Wanted, lines, replacing


class Command(BaseCommand):
    help = (
        "Write memories as JSONL that import_memories takes: present states with their owners and "
        "dates, without the trash. The file is replaced when the new one is complete."
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
            "--with",
            dest="more",
            type=_more,
            default=set(),
            metavar="history,grants",
            help="also all versions, as far as the reader may read them, and who has which role",
        )
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument(
            "--sources",
            action="store_true",
            help="name each memory, so that importing a later export changes it instead of adding "
            "another; part of --with anyway",
        )
        shape.add_argument(
            "--plain",
            action="store_true",
            help="the create shape alone, as the API takes it: without owners and dates",
        )

    def handle(self, *, path: Path, email: str | None, verbosity: int, **options: Any) -> str:
        more = options["more"]
        if options["plain"] and more:
            raise CommandError("--plain lines have no history and no grants.")
        wanted = Wanted(options["plain"], options["sources"], "history" in more, "grants" in more)
        by = None if email is None else caller(email)
        chosen = policies.alive() if by is None else policies.visible_to(by)
        total = Memory.objects.filter(chosen).count()
        written = 0
        try:
            with (
                tqdm(total=total, file=sys.stderr, disable=verbosity == 0, unit="memory") as bar,
                replacing(path) as file,
            ):
                for memory in lines(chosen, wanted, by=by):
                    file.writelines(memory)
                    written += 1
                    bar.update()
        except OSError as error:
            raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
        return f"{written} exported"


def _more(text: str) -> set[str]:
    """What --with names."""
    named = set(text.split(","))
    if not named <= {"history", "grants"}:
        raise ArgumentTypeError("history, grants or both, with a comma between them")
    return named
