"""Restore a backup into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from memory_hub.core import installed
from memory_hub.database.backup import BackupError, archive, compare, engine, failures_told


class Command(BaseCommand):
    help = (
        "Restore a backup into the empty database that the hub is configured for, and compare all "
        "rows with those at the snapshot. Stop the hub first; afterwards run migrate."
    )
    # An empty database has nothing to check yet.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, **options: Any) -> str:
        with failures_told(), archive.opened(file) as (manifest, dump):
            if manifest["engine"] != connection.vendor:
                raise BackupError(
                    f"{file} is of {manifest['engine']}, the hub runs on {connection.vendor}: "
                    "export_memories and import_memories go from one to the other."
                )
            found = engine(connection.vendor).load(connection, dump)
            compare(manifest["tables"], found)
        for act in installed.imported("after_restore"):
            if said := act():
                self.stdout.write(said)
        rows = sum(table["rows"] for table in found.values())
        return f"Restored {len(found)} tables with {rows} rows, as they were {manifest['made_at']}."
