"""Back the database up into one file."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from memory_hub.database.backup import BackupError, archive, engine, failures_told
from memory_hub.journal.sealing import head


class Command(BaseCommand):
    help = (
        "Back the database up into one file, while the hub serves. The file has the hashes of all "
        "rows at that moment; verify_backup compares them. Statistics, caches and the secret key "
        "are not in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--overwrite", action="store_true", help="replace FILE if it exists")

    def handle(self, *, file: Path, overwrite: bool, **options: Any) -> str:
        with failures_told():
            if file.exists() and not overwrite:
                raise BackupError(f"{file} exists; choose another name or say --overwrite.")
            if not file.parent.is_dir():
                # Told before the database is read, which may take minutes.
                raise BackupError(f"There is no directory {file.parent}.")
            with tempfile.TemporaryDirectory(prefix="hub-backup-") as directory:
                dump = Path(directory) / "dump"
                # Read first: what is sealed later may not be in it.
                sealed = head()
                tables = engine(connection.vendor).dump(connection, dump)
                manifest = {
                    "engine": connection.vendor,
                    "hub": settings.VERSION,
                    "made_at": timezone.now().isoformat(),
                    "journal": {"position": sealed.position, "hash": sealed.hash.hex()},
                    "tables": tables,
                }
                archive.write(file, manifest, dump, overwrite=overwrite)
        rows = sum(table["rows"] for table in tables.values())
        return f"Backed {len(tables)} tables with {rows} rows up into {file}."
