from typing import Any

from django.core.management.base import BaseCommand, CommandError

from google_docs.access.consent import rotate_keys
from google_docs.access.token_encryption import BadKey


class Command(BaseCommand):
    help = (
        "Encrypt the stored Google tokens with the first of GOOGLE_TOKEN_KEYS. Put a new key "
        "first, restart, run this, then take the old key away."
    )

    def handle(self, **options: Any) -> str:
        try:
            return f"Encrypted {rotate_keys()} tokens with the first key."
        except BadKey as error:
            raise CommandError(str(error)) from None
