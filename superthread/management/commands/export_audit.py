import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from superthread.feed.audit_export import FORMATS, oldest_first
from superthread.transfer.exporting import replacing


class Command(BaseCommand):
    help = (
        "Write who did what, who was shown what and who was refused, oldest first, one JSON "
        "object a line: without titles and contents, with addresses. The file is replaced when the "
        "new one is complete."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="FILE", help="- for the standard output")
        parser.add_argument(
            "--format",
            choices=sorted(FORMATS),
            default="jsonl",
            help="jsonl: as the API tells it; ecs: lines of a log, of the Elastic Common Schema",
        )
        parser.add_argument("--since", type=_moment, metavar="MOMENT", help="from this on")
        parser.add_argument("--until", type=_moment, metavar="MOMENT", help="before this")
        parser.add_argument(
            "--after",
            type=int,
            default=0,
            metavar="POSITION",
            help="only what is behind this entry of the journal",
        )

    def handle(self, *, path: str, format: str, **options: Any) -> str | None:
        chosen = {name: options[name] for name in ("after", "since", "until")}
        if path == "-":
            _write(sys.stdout.buffer, format, chosen)
            return None
        try:
            with replacing(Path(path)) as file:
                written = _write(file, format, chosen)
        except OSError as error:
            raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
        return f"{written} exported"


def _write(file: BinaryIO, format: str, chosen: dict[str, Any]) -> int:
    written = 0
    for lines in oldest_first(**chosen):
        file.writelines(map(FORMATS[format], lines))
        written += len(lines)
    return written


def _moment(text: str) -> datetime:
    """A date or a moment; without a zone it is UTC."""
    try:
        found = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("a date or a moment, such as 2026-11-03T09:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
