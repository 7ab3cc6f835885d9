from typing import Any

from django.core.management.base import BaseCommand

from memory_hub.idempotency import answers
from superthread.services import lifecycle


class Command(BaseCommand):
    help = (
        "Delete for good what is due: expired memories, memories in the trash for 30 days (with "
        "their versions and grants), and answers kept for Idempotency-Keys for 24 hours. "
        "Run it daily; it may run beside the server."
    )

    def handle(self, **options: Any) -> str:
        memories = lifecycle.purge_due()
        kept = answers.purge_old()
        return f"Purged {memories} memories and {kept} kept answers."
