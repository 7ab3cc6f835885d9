"""`manage.py verify_journal`: whether the journal is as it was sealed."""

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from memory_hub.journal.verifying import verify


class Command(BaseCommand):
    help = (
        "Compare the journal with its seals and tell what was altered, removed or exchanged. "
        "That its end was cut off is found with --head alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            default="",
            metavar="HASH",
            help="The hash of a head that was kept elsewhere: of the log, or of a backup.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["head"] and not re.fullmatch("[0-9a-fA-F]{64}", options["head"]):
            raise CommandError("The hash of a head has 64 hexadecimal digits.")
        report = verify(options["head"])
        for problem in report.problems:
            self.stderr.write(problem)
        if report.problems:
            raise CommandError(f"The journal is not what was sealed: {len(report.problems)} found.")
        unsealed = f", {report.unsealed} not sealed yet" if report.unsealed else ""
        self.stdout.write(f"Good: {report.entries} entries in {report.seals} seals{unsealed}.")
        if report.pruned:
            self.stdout.write(f"What was before {report.pruned + 1} was cut off by retention.")
        self.stdout.write(f"Head: {report.head.position} {report.head.hash.hex()}")
