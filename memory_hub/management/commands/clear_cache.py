from typing import Any

from django.core.management.base import BaseCommand

from memory_hub.caching import maintenance


class Command(BaseCommand):
    help = "Forget all cached answers, in every worker and in Redis."

    def handle(self, **options: Any) -> str:
        removed = maintenance.clear()
        return f"Removed {sum(removed.values())} entries."
