from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from memory_hub.database import rewriting
from memory_hub.jobs import schedule
from superthread.services.erasing import JOB, TracesLeft


class Command(BaseCommand):
    help = (
        "Erase what is left of memories that were deleted for good: words of the search index, "
        "outdated kept answers, SQLite's log. The workers do it by themselves some seconds after "
        "each such deletion."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rewrite",
            action="store_true",
            help="also write the whole database anew, so that no page of it holds what was deleted "
            "before; writers wait meanwhile",
        )

    def handle(self, *, rewrite: bool, **options: Any) -> str:
        if rewrite:
            rewriting.rewrite()
        try:
            words = schedule.run_beside(JOB)
        except TracesLeft as error:
            raise CommandError(
                "Somebody wrote or read all the time: the workers go on with it."
            ) from error
        return f"Erased {words} words."
