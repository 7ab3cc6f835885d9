from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from superthread import tallies


class Command(BaseCommand):
    help = (
        "Count anew what statistics add up, and compare: the database counts with each change, so "
        "nothing differs unless somebody changed its tables or triggers by hand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--correct", action="store_true", help="put right what differs, while others write"
        )

    def handle(self, *, correct: bool, **options: Any) -> str:
        found = tallies.correct() if correct else tallies.missed()
        told = f"{found.tallies} categories of places and {found.kept} histories"
        if not any(found):
            return "All tallies are right."
        if not correct:
            raise CommandError(f"Of {told} the tallies are wrong; --correct puts them right.")
        return f"Put right: {told}."
