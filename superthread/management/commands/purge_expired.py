from typing import Any

from django.core.management.base import BaseCommand

from memory_hub.idempotency.jobs import PURGE_ANSWERS
from memory_hub.jobs import schedule
from superthread.jobs import PURGE_MEMORIES


class Command(BaseCommand):
    help = (
        "Delete for good what is due: expired memories, memories in the trash for 30 days (with "
        "their versions and grants), and answers kept for Idempotency-Keys for 24 hours. "
        "The workers do it every day by themselves; it may run beside them."
    )

    def handle(self, **options: Any) -> str:
        memories = schedule.run_beside(PURGE_MEMORIES.name)
        kept = schedule.run_beside(PURGE_ANSWERS.name)
        return f"Purged {memories} memories and {kept} kept answers."
