"""Shows the statistics in a terminal."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from monitoring.aggregates.windows import WINDOWS
from monitoring.show import reports
from monitoring.show.terminal import page

# Clear the screen, cursor to the upper left.
CLEAR = "\x1b[2J\x1b[H"


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 3600:
        raise ArgumentTypeError("must be from 0.1 to 3600 seconds")
    return value


def _rows(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ArgumentTypeError("must be a whole number from 1 on")
    return int(text)


class Command(BaseCommand):
    help = "Show the statistics of all workers as a table or as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--window", choices=list(WINDOWS), default="all")
        parser.add_argument("--count", type=_rows, default=20, help="rows of the table")
        parser.add_argument(
            "--json", action="store_true", help="as JSON, one document; one a line with --watch"
        )
        parser.add_argument(
            "--watch",
            type=_seconds,
            nargs="?",
            const=2.0,
            metavar="SECONDS",
            help="show anew every so many seconds (2) until Ctrl-C",
        )

    def handle(self, *, watch: float | None, **options: Any) -> str | None:
        if watch is None:
            return self._shown(**options)
        try:
            while True:
                start = "" if options["json"] or not self.stdout.isatty() else CLEAR
                self.stdout.write(start + self._shown(**options, one_line=True))
                self.stdout.flush()
                connections.close_all()
                sleep(watch)
        except KeyboardInterrupt:
            return None

    def _shown(self, *, window: str, count: int, one_line: bool = False, **options: Any) -> str:
        answer = reports.performance(window)
        if options["json"]:
            return json.dumps(answer, indent=None if one_line else 2)
        return page(answer, count)
