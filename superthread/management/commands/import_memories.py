import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from memory_hub.caching import cache_invalidate
from memory_hub.core.identity import Via
from superthread.models import Scope
from superthread.reads.statistics import OF_THE_HUB
from superthread.transfer.accounts import caller
from superthread.transfer.decoding import is_known
from superthread.transfer.folder import SUFFIXES, NotesFolder, Reading
from superthread.transfer.importing import Importer
from superthread.transfer.items import Item, Kind, Outcome
from superthread.transfer.jsonl import read_jsonl
from superthread.transfer.mapping import BadMapping, FieldMap
from superthread.transfer.owners import Owners

HELP = """\
Import memories from a JSONL file or from a directory of Markdown and text files.

JSONL: one object of the create shape a line (content, scope, category, team_key, metadata,
expires_at), optionally created_at and updated_at, and "source": a name under which the line is
known again. A line without one is known again by its content. Lines of export_memories come back
with their history and grants: with --owners as they were, each for its owner; for one person (--as)
what is granted to others is offered to them, as any share is.

Directory: Markdown and text files, README, LICENSE and the like; one memory a file. Front matter
(YAML, TOML between lines of +++, JSON behind ---json or as an object before the text) may give
scope, team_key and category; its other keys become metadata as they are written. The path of the
file becomes that of the memory, unless another one has it. Its dates (created, date, updated,
modified, …) become the memory's. Front matter that cannot be understood is refused with its line.
Links are not followed, hidden directories not entered.

Importing twice is safe: a source that did not change gives nothing new, one that did gives a new
version of its memory, and what was moved to the trash stays there. A file that was moved or renamed
is the same memory: by the id, uid or uuid in its front matter, else by its content. Lines and files
that cannot be imported are named on stderr and left out; the exit status is then 1.
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
        parser.add_argument(
            "--owners",
            action="store_true",
            help="give each line to the owner it names, under the id it names: an export comes "
            "back as it was; accounts and teams are made where they are missing",
        )
        parser.add_argument("--scope", choices=Scope.labels, help="where a line names none")
        parser.add_argument("--team", metavar="TEAM_KEY", help="likewise; means --scope team")
        parser.add_argument("--category", help="likewise")
        parser.add_argument(
            "--collection",
            help="the name under which a directory is known again; default: its path",
        )
        parser.add_argument(
            "--map",
            nargs="+",
            default=[],
            metavar="THEIRS=OURS",
            help="where a field of a line or of front matter goes: text=content, "
            "tags=metadata.tags, published=created_at",
        )
        parser.add_argument(
            "--rename", nargs="+", default=[], metavar="OURS=THEIRS", help="the same turned around"
        )
        parser.add_argument(
            "--rest",
            choices=["metadata"],
            help="where the fields of a line go that nobody knows; default: the line is refused",
        )
        parser.add_argument(
            "--encoding",
            default="utf-8",
            help="of a directory's files: a name such as cp949, or auto to have it found out "
            "(UTF-8, UTF-16, CP949, Shift_JIS, EUC-JP, GB18030, Big5, Windows-1252)",
        )
        parser.add_argument(
            "--lenient",
            action="store_true",
            help="keep odd front matter as it stands, and say so, instead of refusing the file",
        )
        parser.add_argument(
            "--allow-public",
            action="store_true",
            help="let front matter or a line make a memory public; default: it is refused, unless "
            "--scope public or --owners says as much",
        )

    @cache_invalidate(OF_THE_HUB)
    def handle(self, *, path: Path, email: str | None, **options: Any) -> str:
        importer = _importer(email, options)
        reading = _reading(options)
        tally: Counter[Kind] = Counter()
        with tqdm(file=sys.stderr, disable=options["verbosity"] == 0, **_scale(path)) as bar:
            try:
                for outcome in importer.run(self._found(path, bar, reading, options["collection"])):
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

    def _found(
        self, path: Path, bar: tqdm, reading: Reading, collection: str | None
    ) -> Iterator[Item | Outcome]:
        if not _is_text(path):
            return read_jsonl(path, field_map=reading.field_map, advance=bar.update)
        root = path.resolve()
        folder = NotesFolder(root, collection or str(root), reading)
        bar.reset(total=len(folder.paths))
        return self._with_others(folder, bar.update)

    def _with_others(
        self, folder: NotesFolder, advance: Callable[[int], Any]
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


def _importer(email: str | None, options: dict[str, Any]) -> Importer | Owners:
    defaults = _defaults(options)
    if not options["owners"]:
        return Importer(caller(email, Via.IMPORT), defaults, allow_public=options["allow_public"])
    if email is not None:
        raise CommandError("--owners takes the owners of the lines, not that of --as.")
    return Owners(defaults)


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


def _reading(options: dict[str, Any]) -> Reading:
    """How the command is told to read. Raises CommandError."""
    if not is_known(options["encoding"]):
        raise CommandError(f"There is no encoding {options['encoding']}.")
    rules = [_pair("--map", text) for text in options["map"]]
    rules += [_pair("--rename", text)[::-1] for text in options["rename"]]
    try:
        field_map = FieldMap(rules, rest=options["rest"] is not None)
    except BadMapping as error:
        raise CommandError(f"--map, --rename: {error}") from error
    return Reading(options["encoding"], field_map, options["lenient"])


def _pair(option: str, text: str) -> tuple[str, str]:
    first, _, second = text.partition("=")
    if not first or not second:
        raise CommandError(f"{option} takes pairs with an equals sign.")
    return first, second
