"""Print the connection pool of a database."""

from argparse import ArgumentParser
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from memory_hub.database import get_pool_stats, print_pool_stats


class Command(BaseCommand):
    help = (
        "Connect, and print the pool of a database, as JSON unless --plain is given. Every process "
        "has its own pool: this is the command's; GET /monitoring/pool has a worker's."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=list(connections))
        parser.add_argument("--plain", action="store_true", help="a line for each number")

    def handle(self, *, database: str, plain: bool, **options: Any) -> str | None:
        try:
            connections[database].ensure_connection()
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        if plain:
            print_pool_stats(database, file=self.stdout)
            return None
        return orjson.dumps(get_pool_stats(database), option=orjson.OPT_INDENT_2).decode()
