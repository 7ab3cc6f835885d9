from argparse import ArgumentParser
from contextlib import suppress
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
            self._rewrite()
        try:
            words = schedule.run_beside(JOB)
        except TracesLeft as error:
            raise CommandError(
                "Somebody wrote or read all the time: the workers go on with it."
            ) from error
        return f"Erased {words} words."

    def _rewrite(self) -> None:
        # What the job deletes is not to be in the new pages either.
        with suppress(TracesLeft):
            schedule.run_beside(JOB)
        try:
            rewriting.rewrite()
        except rewriting.TransactionsOpen as error:
            raise CommandError(
                "Transactions on the database server have been open for ten minutes, and what was "
                "deleted since is kept for them: see pg_stat_activity, then call this again."
            ) from error
