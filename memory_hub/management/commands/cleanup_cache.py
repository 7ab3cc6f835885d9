from typing import Any

from django.core.management.base import BaseCommand

from memory_hub.caching import maintenance


class Command(BaseCommand):
    help = "Drop cached answers that have expired or are outdated, in every worker."

    def handle(self, **options: Any) -> str:
        removed = maintenance.cleanup()
        return f"Removed {sum(removed.values())} entries."
