import asyncio
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from google_docs.access.rescan import rescan
from google_docs.backend import forget_backend
from memory_hub.core.errors import HubError
from memory_hub.core.identity import OPERATOR


class Command(BaseCommand):
    help = (
        "Find the folders and memories in Google Docs again, after the database was lost or "
        "restored from an older backup. People connect their own accounts first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="look, and write nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        try:
            found = asyncio.run(rescan(dry_run=dry_run, by=OPERATOR))
        except HubError as error:
            raise CommandError(str(error)) from None
        finally:
            forget_backend()
        for one in found:
            self.stdout.write(
                f"{one.space or '-'}  {one.folder_id}  {one.memories} memories, "
                f"{one.rewritten} of them under another number  {one.note}".rstrip()
            )
        self.stdout.write(f"{len(found)} folders")
