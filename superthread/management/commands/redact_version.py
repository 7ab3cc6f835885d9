from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from memory_hub.core.errors import HubError
from memory_hub.core.identity import OPERATOR
from superthread.models import Version
from superthread.reads.named import is_id
from superthread.services.redacting import redact_as_operator
from superthread.transfer.accounts import caller


class Command(BaseCommand):
    help = (
        "Take the text out of an old version of a memory, for good: for a secret that was saved. "
        "Number, path, author and date of the version stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("doc_id", metavar="DOC_ID")
        parser.add_argument("number", metavar="NUMBER", type=int)
        parser.add_argument(
            "--as", dest="email", metavar="EMAIL", help="who does it: an active account"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(
        self, *, doc_id: str, number: int, email: str | None, yes: bool, **options: Any
    ) -> str:
        versions = Version.objects.filter(memory__doc_id=doc_id) if is_id(doc_id) else None
        if versions is None or not versions.exists():
            raise CommandError(f"There is no memory {doc_id}.")
        version = versions.filter(number=number).first()
        if version is None:
            raise CommandError(f"The memory has no version {number}.")
        if not yes and input(f"Take the text out of version {number}, for good? [y/N] ") != "y":
            raise CommandError("Nothing was done.")
        try:
            redact_as_operator(version, by=caller(email) if email else OPERATOR)
        except HubError as error:
            raise CommandError(str(error)) from error
        return f"Redacted version {number} of {doc_id}."
