import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from superthread.models import Scope
from superthread.transfer.accounts import caller
from superthread.transfer.folder import SUFFIXES, Folder
from superthread.transfer.importing import Importer
from superthread.transfer.items import Item, Kind, Outcome
from superthread.transfer.jsonl import read_jsonl

RENAMED = ("content", "scope", "category", "team_key", "metadata", "expires_at", "source")
HELP = """\
Import memories from a JSONL file or from a directory of Markdown and text files.

JSONL: one object of the create shape a line (content, scope, category, team_key, metadata,
expires_at), and optionally "source": a name under which the line is known again. A line without
one is known again by its content.

Directory: Markdown and text files, README, LICENSE and the like; one memory a file. YAML front
matter may give scope, team_key and category, its other keys become metadata; so does the path.
Links are not followed, hidden directories not entered.

Importing twice is safe: a source that did not change gives nothing new, one that did gives a new
version of its memory, and what was moved to the trash stays there. Lines and files that cannot be
imported are named on stderr and left out; the exit status is then 1.
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *arguments: Any, **options: Any) -> Any:
        return super().create_parser(
            *arguments, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="FILE|DIR", type=Path)
        parser.add_argument(
            "--as", dest="email", metavar="EMAIL", help="the owner; default: the administrator"
        )
        parser.add_argument("--scope", choices=Scope.labels, help="where a line names none")
        parser.add_argument("--team", metavar="TEAM_KEY", help="likewise; means --scope team")
        parser.add_argument("--category", help="likewise")
        parser.add_argument(
            "--collection",
            help="the name under which a directory is known again; default: its path",
        )
        parser.add_argument(
            "--rename",
            nargs="+",
            default=[],
            metavar="OURS=THEIRS",
            help="JSONL with other names of members, such as content=text source=id",
        )

    def handle(self, *, path: Path, email: str | None, **options: Any) -> str:
        importer = Importer(caller(email), _defaults(options))
        tally: Counter[Kind] = Counter()
        with tqdm(file=sys.stderr, disable=options["verbosity"] == 0, **_scale(path)) as bar:
            try:
                for outcome in importer.run(self._found(path, bar, options)):
                    tally[outcome.kind] += 1
                    if outcome.why:
                        self._tell(bar, outcome)
            except OSError as error:
                raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
        summary = ", ".join(f"{tally[kind]} {kind}" for kind in Kind)
        if tally[Kind.FAILED]:
            self.stdout.write(summary)
            raise CommandError(f"{tally[Kind.FAILED]} could not be imported; they are named above.")
        return summary

    def _found(self, path: Path, bar: tqdm, options: dict[str, Any]) -> Iterator[Item | Outcome]:
        if not _is_text(path):
            rename = _renaming(options["rename"])
            return read_jsonl(path, rename=rename, advance=bar.update)
        root = path.resolve()
        folder = Folder(root, options["collection"] or str(root))
        bar.reset(total=len(folder.paths))
        return self._with_others(folder, bar.update)

    def _with_others(
        self, folder: Folder, advance: Callable[[int], Any]
    ) -> Iterator[Item | Outcome]:
        yield from folder.read(advance=advance)
        if folder.others:
            kinds = ", ".join(f"{kind} {count}" for kind, count in folder.others.most_common(8))
            count = sum(folder.others.values())
            with tqdm.external_write_mode(file=sys.stderr):
                self.stderr.write(f"{count} files of other kinds left out: {kinds}", style_func=str)

    def _tell(self, bar: tqdm, outcome: Outcome) -> None:
        with bar.external_write_mode(file=sys.stderr):
            self.stderr.write(f"{outcome.place}: {outcome.kind}: {outcome.why}", style_func=str)


def _is_text(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in SUFFIXES


def _scale(path: Path) -> dict[str, Any]:
    """The bar's unit: files of a directory, bytes of a file. Raises CommandError."""
    try:
        size = os.stat(path).st_size
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
    if _is_text(path):
        return {"unit": "file"}
    return {"total": size, "unit": "B", "unit_scale": True}


def _defaults(options: dict[str, Any]) -> dict[str, Any]:
    defaults = {"scope": options["scope"], "category": options["category"]}
    if options["team"]:
        if options["scope"] not in (None, "team"):
            raise CommandError("--team goes with the scope team only.")
        defaults |= {"scope": "team", "team_key": options["team"]}
    return {name: value for name, value in defaults.items() if value is not None}


def _renaming(pairs: list[str]) -> dict[str, str]:
    """Theirs → ours."""
    renaming = {}
    for pair in pairs:
        ours, _, theirs = pair.partition("=")
        if ours not in RENAMED or not theirs:
            raise CommandError(f"--rename takes OURS=THEIRS; ours are: {', '.join(RENAMED)}.")
        renaming[theirs] = ours
    return renaming
