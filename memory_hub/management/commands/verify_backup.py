"""Prove that a backup can be restored."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from memory_hub.database.backup import BackupError, archive, compare, engine, failures_told


class Command(BaseCommand):
    help = (
        "Restore a backup into a scratch database, check its integrity and compare all rows with "
        "those at the snapshot. Changes nothing; exit status 1 and the reason when it is of no use."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--scratch",
            metavar="URL",
            help="postgresql://… of a server where a scratch database may be made, for a backup "
            "of PostgreSQL; default: the hub's own",
        )

    def handle(self, *, file: Path, scratch: str | None, **options: Any) -> str:
        with failures_told(), archive.opened(file) as (manifest, dump):
            kind = manifest["engine"]
            if kind == "postgresql" and connection.vendor != kind and not scratch:
                raise BackupError("A backup of PostgreSQL needs one to verify on: --scratch.")
            with engine(kind).scratch(connection, dump, scratch) as found:
                compare(manifest["tables"], found)
        rows = sum(table["rows"] for table in found.values())
        return f"{file} is good: {len(found)} tables with {rows} rows of {manifest['made_at']}."
