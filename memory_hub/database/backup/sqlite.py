"""SQLite: the online backup copies the file at one moment, beside readers and writers."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from memory_hub.database.backup.archive import BackupError
from memory_hub.database.backup.fingerprint import Digest

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def dump(connection: Any, to: Path) -> dict[str, Any]:
    """Copy the database of a Django connection to a file; returns the fingerprint of the copy."""
    connection.ensure_connection()
    with closing(sqlite3.connect(to)) as copy:
        # All pages at once: a single read transaction, so one moment. Writers go on in the WAL.
        connection.connection.backup(copy)
        # One file without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        _check(copy)
        return _fingerprint(copy)


def load(connection: Any, dump_file: Path) -> dict[str, Any]:
    """Fill the empty database of a Django connection; returns its fingerprint afterwards."""
    path = Path(connection.settings_dict["NAME"])
    connection.close()
    with closing(sqlite3.connect(path)) as database:
        if database.execute(TABLES).fetchone():
            raise BackupError(f"{path} is not empty: move it away first.")
        with closing(_open(dump_file)) as source:
            source.backup(database)
        _check(database)
        return _fingerprint(database)


@contextmanager
def scratch(_connection: Any, dump_file: Path, _url: str | None) -> Iterator[dict[str, Any]]:
    """The fingerprint of the dump itself: it is a database already, and a copy in scratch space."""
    with closing(_open(dump_file)) as database:
        _check(database)
        yield _fingerprint(database)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def _check(database: sqlite3.Connection) -> None:
    try:
        found = [row[0] for row in database.execute("PRAGMA integrity_check")]
        orphans = database.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"SQLite cannot read the copy: {error}.") from error
    if found != ["ok"] or orphans:
        raise BackupError(
            f"The database is damaged: {'; '.join(found[:3])}; {len(orphans)} orphans."
        )


def _fingerprint(database: sqlite3.Connection) -> dict[str, Any]:
    tables = {}
    for (name,) in sorted(database.execute(TABLES).fetchall()):
        digest = Digest()
        # A table may be made without rowids, then it has a primary key.
        table = _quoted(name)
        keys = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[5]]
        order = ", ".join(map(_quoted, keys)) or "rowid"
        rows = f"SELECT * FROM {table} ORDER BY {order}"  # noqa: S608 - names of its own, quoted
        for row in database.execute(rows):
            digest.add(repr(row))
        tables[name] = digest.result()
    return tables


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
