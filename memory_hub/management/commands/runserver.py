from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from uvicorn.main import run


def _address(text: str) -> tuple[str, int]:
    """The host, "" where none is named, and the port."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ArgumentTypeError("PORT must be from 1 to 65535")
    return host, int(port)


class Command(BaseCommand):
    help = "Serve the hub in one process that reloads on changes, for development."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", type=_address, help="PORT or HOST:PORT")
        parser.add_argument("--noreload", action="store_true", help="do not watch the code")

    def handle(self, *, address: tuple[str, int] | None, noreload: bool, **options: Any) -> None:
        host, port = address or ("", 0)
        run(
            "memory_hub.asgi:application",
            host=host or settings.HUB_HOST,
            port=port or settings.HUB_PORT,
            reload=not noreload,
            reload_dirs=[str(settings.BASE_DIR)],
        )
