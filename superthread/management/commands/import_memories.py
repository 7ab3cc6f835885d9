import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
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
from superthread.transfer.folder import Reading
from superthread.transfer.formats import hub_archive
from superthread.transfer.formats.archives import BadArchive
from superthread.transfer.formats.names import AUTO, NAMES, TITLES
from superthread.transfer.formats.reading import ReadOptions
from superthread.transfer.formats.registry import Unrecognised, found, opened
from superthread.transfer.formats.tree import Tree
from superthread.transfer.importing import Importer
from superthread.transfer.items import Item, Kind, TransferOutcome
from superthread.transfer.mapping import BadMapping, FieldMap
from superthread.transfer.owners import BRINGING, Owners

HELP = """\
Import memories from a JSONL file, from a directory of Markdown and text files, or from what other
programs export: files, directories and archives (ZIP, tar). What it is is found out (--format auto)
or said. Formats: {formats}.

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
is the same memory: by the id, uid or uuid in its front matter, else by its content; what another
program gave an id is known by that. What cannot be imported is named on stderr and left out; the
exit status is then 1, as where there is nothing to import at all. -v 2 names every item.
""".format(formats="; ".join(f"{name} ({title})" for name, title in TITLES.items()))


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *arguments: Any, **options: Any) -> Any:
        return super().create_parser(
            *arguments, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="FILE|DIR", type=Path)
        parser.add_argument(
            "--format", choices=NAMES, default=AUTO, help="whose files these are; default: auto"
        )
        parser.add_argument(
            "--exchanges",
            action="store_true",
            help="of conversations, a memory for each question with its answers; default: one for "
            "each conversation",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would come, and write nothing"
        )
        self._add_place(parser)
        self._add_reading(parser)
        parser.add_argument(
            "--allow-public",
            action="store_true",
            help="let front matter or a line make a memory public; default: it is refused, unless "
            "--scope public or --owners says as much",
        )

    def _add_place(self, parser: ArgumentParser) -> None:
        """Whose the memories are to be, and where."""
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

    def _add_reading(self, parser: ArgumentParser) -> None:
        """How what is in the files is understood."""
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

    @cache_invalidate(OF_THE_HUB)
    def handle(self, *, path: Path, email: str | None, **options: Any) -> str:
        importer = _importer(email, options)
        asked = ReadOptions(options["exchanges"], options["collection"], _reading(options))
        try:
            with opened(path, bounded=not options["owners"]) as tree:
                tally, items = self._carry_out(importer, tree, asked, options)
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
        except (BadArchive, hub_archive.BadManifest, Unrecognised) as error:
            raise CommandError(f"{path}: {error}") from error
        summary = ", ".join(f"{tally[kind]} {kind}" for kind in Kind if kind != Kind.NOTED)
        if options["dry_run"]:
            self.stderr.write("This was a dry run: nothing was written.", style_func=str)
        if tally[Kind.FAILED] or not items:
            self.stdout.write(summary)
            raise CommandError(
                f"{tally[Kind.FAILED]} could not be imported; they are named above."
                if tally[Kind.FAILED]
                else "There is nothing in it to import."
            )
        return summary

    def _carry_out(
        self, importer: Importer | Owners, tree: Tree, asked: ReadOptions, options: dict[str, Any]
    ) -> tuple[Counter[Kind], int]:
        """How many items became what, and how many there were that could become something; what
        there is to say of them is said. Raises Unrecognised."""
        tally: Counter[Kind] = Counter()
        quiet = options["verbosity"] == 0
        scale: dict[str, Any] = {"total": tree.size, "unit": "B", "unit_scale": True}
        with tqdm(file=sys.stderr, disable=quiet, **scale) as bar:
            tree.advance = bar.update
            read = Counting(_read(tree, asked, options["format"]))
            with _around(tree, options):
                for outcome in importer.run(read):
                    tally[outcome.kind] += 1
                    if outcome.why or options["verbosity"] > 1:
                        self._tell(bar, outcome)
        return tally, read.items

    def _tell(self, bar: tqdm, outcome: TransferOutcome) -> None:
        with bar.external_write_mode(file=sys.stderr):
            said = f"{outcome.place}: {outcome.kind}: {outcome.why}".removesuffix(": ")
            self.stderr.write(said, style_func=str)


def _read(tree: Tree, asked: ReadOptions, form: str) -> Iterator[Item | TransferOutcome]:
    yield from tree.troubles
    yield from found(tree, form).read(tree, asked)


def _around(tree: Tree, options: dict[str, Any]) -> AbstractContextManager[None]:
    """With an archive its accounts, teams and proposals come too, where owners are kept."""
    if options["owners"] and hub_archive.recognised(tree):
        return hub_archive.around(tree, by=BRINGING)
    return nullcontext()


class Counting:
    """What is found, and how much of it is an item."""

    def __init__(self, read: Iterator[Item | TransferOutcome]) -> None:
        self._read, self.items = read, 0

    def __iter__(self) -> Iterator[Item | TransferOutcome]:
        for one in self._read:
            self.items += isinstance(one, Item)
            yield one


def _importer(email: str | None, options: dict[str, Any]) -> Importer | Owners:
    defaults = _defaults(options)
    if not options["owners"]:
        return Importer(
            caller(email, Via.IMPORT),
            defaults,
            allow_public=options["allow_public"],
            dry_run=options["dry_run"],
        )
    if options["dry_run"]:
        raise CommandError("--dry-run is for one owner.")
    if email is not None:
        raise CommandError("--owners takes the owners of the lines, not that of --as.")
    return Owners(defaults)


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
