import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from superthread import policies
from superthread.models import Memory
from superthread.transfer import markdown
from superthread.transfer.accounts import caller
from superthread.transfer.exporting import ExportOptions, lines, replacing
from superthread.transfer.formats import hub_archive
from superthread.transfer.items import Kind


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
        parser.add_argument(
            "--all",
            action="store_true",
            help="everything as one archive: accounts, teams, memories with their history and "
            "grants, the trash, proposals; a hub brings it back with import_memories --owners",
        )
        parser.add_argument(
            "--markdown",
            action="store_true",
            help="as a tree of Markdown files below FILE, a new directory: for people to read",
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
        if options["markdown"]:
            if options["all"] or more or options["plain"] or options["sources"]:
                raise CommandError("--markdown goes with --as alone.")
            return self._tree(path, email, quiet=verbosity == 0)
        if options["all"]:
            if email or more or options["plain"] or options["sources"]:
                raise CommandError("--all is all there is: it goes with no other option.")
            return self._archive(path, quiet=verbosity == 0)
        if options["plain"] and more:
            raise CommandError("--plain lines have no history and no grants.")
        wanted = ExportOptions(
            options["plain"], options["sources"], "history" in more, "grants" in more
        )
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

    def _tree(self, root: Path, email: str | None, *, quiet: bool) -> str:
        chosen = policies.alive() if email is None else policies.visible_to(caller(email))
        tally: Counter[Kind] = Counter()
        try:
            root.mkdir()
            total = Memory.objects.filter(chosen).count()
            with tqdm(total=total, file=sys.stderr, disable=quiet, unit="memory") as bar:
                for outcome in markdown.write(root, chosen):
                    tally[outcome.kind] += 1
                    bar.update()
                    if outcome.why:
                        with bar.external_write_mode(file=sys.stderr):
                            said = f"{outcome.place}: {outcome.kind}: {outcome.why}"
                            self.stderr.write(said, style_func=str)
        except OSError as error:
            raise CommandError(f"Cannot write {root}: {error.strerror}.") from error
        if tally[Kind.FAILED]:
            raise CommandError(f"{tally[Kind.FAILED]} could not be written; they are named above.")
        return f"{tally[Kind.SAVED]} exported"

    def _archive(self, path: Path, *, quiet: bool) -> str:
        contents = hub_archive.everything()
        total = Memory.objects.filter(contents.memories).count()
        try:
            with (
                tqdm(total=total, file=sys.stderr, disable=quiet, unit="memory") as bar,
                replacing(path) as file,
            ):
                written = hub_archive.write(file, contents, shown=lambda *_: bar.update())
        except OSError as error:
            raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
        return f"{written} exported"


def _more(text: str) -> set[str]:
    """What --with names."""
    named = set(text.split(","))
    if not named <= {"history", "grants"}:
        raise ArgumentTypeError("history, grants or both, with a comma between them")
    return named
