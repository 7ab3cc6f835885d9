from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve the hub in one process that reloads on changes, for development."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", help="PORT or HOST:PORT")
        parser.add_argument("--noreload", action="store_true", help="do not watch the code")

    def handle(self, *, address: str | None, noreload: bool, **options: Any) -> None:
        host, _, port = (address or "").rpartition(":")
        uvicorn.run(
            "memory_hub.asgi:application",
            host=host or settings.HUB_HOST,
            port=int(port or settings.HUB_PORT),
            reload=not noreload,
            reload_dirs=[str(settings.BASE_DIR)],
        )
