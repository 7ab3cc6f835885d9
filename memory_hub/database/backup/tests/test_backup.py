"""A backup made beside writers restores to what was there, and a damaged one says so."""

import os
import threading
import zipfile

import httpx
import pytest

from memory_hub.database.backup import BackupError, archive, compare
from testing.servers.hub import HubServer, new_database

MEMORIES = "/superthread/memories"


def manage(hub, *arguments) -> tuple[int, str]:
    """Exit status and what a person reads."""
    done = hub.run_command(*arguments)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def hub(new_hub):
    return new_hub(workers=1)


@pytest.fixture
def empty(hub, tmp_path) -> HubServer:
    """Another hub of the same kind whose database is empty; not started."""
    directory = tmp_path / "empty"
    directory.mkdir()
    server = hub.environment.get("DATABASE_URL")
    return HubServer(directory, new_database(server) if server else None, workers=1)


def headers(hub) -> dict[str, str]:
    return {"Authorization": f"Bearer {hub.token('mina@example.com')}"}


def save(hub, token, content) -> httpx.Response:
    return httpx.post(hub.url + MEMORIES, json={"content": content}, headers=token)


def contents(hub, token) -> list[str]:
    found = httpx.get(hub.url + MEMORIES, params={"limit": 100}, headers=token).json()
    return [memory["content"] for memory in found["memories"]]


@pytest.mark.drill
def test_a_backup_made_beside_a_writer_restores_to_the_rows_of_its_moment(hub, empty, tmp_path):
    token, file = headers(hub), tmp_path / "hub.backup"
    texts = ["Jun has the key.", "열쇠는 준에게 있다.", 'it\'s "quoted"\n\ttabbed']
    for text in texts:
        assert save(hub, token, text).status_code == 201
    writing, stop = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            save(hub, token, "written meanwhile")
            writing.set()

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait()
    try:
        assert manage(hub, "backup", str(file))[0] == 0
    finally:
        stop.set()
        writer.join()
    assert file.stat().st_mode & 0o077 == 0
    with archive.opened(file) as (manifest, _):
        # Who keeps the file can prove that the journal's end was not cut off since.
        head = ("--head", manifest["journal"]["hash"])
    assert manage(hub, "verify_journal", *head)[0] == 0
    status, said = manage(hub, "verify_backup", str(file))
    assert (status, "is good" in said) == (0, True), said
    status, said = manage(empty, "restore", str(file))
    assert (status, "Restored" in said) == (0, True), said
    with empty:
        assert set(texts) <= set(contents(empty, token))
        # The restored hub writes on: sequences and versions came along.
        assert save(empty, token, "Life goes on.").status_code == 201


def test_a_file_is_replaced_only_when_told(tmp_path):
    dump, file = tmp_path / "dump", tmp_path / "hub.backup"
    dump.write_bytes(b"rows")
    file.write_bytes(b"precious")
    with pytest.raises(BackupError, match="--overwrite"):
        archive.write(file, {}, dump)
    assert file.read_bytes() == b"precious"
    archive.write(file, {}, dump, overwrite=True)
    with archive.opened(file) as (_, copy):
        assert copy.read_bytes() == b"rows"


def altered(path) -> None:
    """Another dump under the old checksum, in a zip that is sound."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts["dump"] = parts["dump"][:-1] + bytes([parts["dump"][-1] ^ 1])
    with zipfile.ZipFile(path, "w") as file:
        for name, data in parts.items():
            file.writestr(name, data)


def flipped(path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def commented(path) -> None:
    with zipfile.ZipFile(path, "a") as file:
        file.comment = b"and more"


def extended(path) -> None:
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("more", b"bytes")


DAMAGES = {
    "is empty": lambda path: path.write_bytes(b""),
    "truncated or damaged": lambda path: path.write_bytes(path.read_bytes()[: -len(b"x") * 100]),
    "not a backup": lambda path: path.write_bytes(b"SQLite format 3\0" * 100),
    "truncated": flipped,
    "was altered": altered,
    "There is no file": lambda path: path.unlink(),
}
APPENDED = {
    "a byte": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "a text": lambda path: path.write_bytes(path.read_bytes() + b"and more"),
    "the same again": lambda path: path.write_bytes(path.read_bytes() * 2),
    "in front": lambda path: path.write_bytes(b"more" + path.read_bytes()),
    "a comment": commented,
    "a part": extended,
}


@pytest.mark.parametrize("what", APPENDED)
def test_a_backup_with_anything_added_is_refused(what, tmp_path):
    dump, file = tmp_path / "dump", tmp_path / "hub.backup"
    dump.write_bytes(os.urandom(5000))
    archive.write(file, {"engine": "sqlite", "tables": {}}, dump)
    APPENDED[what](file)
    refused = pytest.raises(BackupError, match=r"not written|not a backup")
    with refused, archive.opened(file):
        pass


@pytest.mark.parametrize("says", DAMAGES)
def test_a_damaged_file_is_refused_with_the_reason(says, tmp_path):
    dump, file = tmp_path / "dump", tmp_path / "hub.backup"
    dump.write_bytes(os.urandom(5000))
    archive.write(file, {"engine": "sqlite", "tables": {}}, dump)
    with archive.opened(file) as (manifest, copy):
        assert (manifest["engine"], copy.read_bytes()) == ("sqlite", dump.read_bytes())
    DAMAGES[says](file)
    with pytest.raises(BackupError, match=says), archive.opened(file):
        pass


@pytest.mark.drill
def test_the_commands_refuse_a_damaged_backup_and_leave_nothing_behind(hub, empty, tmp_path):
    whole, file = tmp_path / "whole.backup", tmp_path / "hub.backup"
    assert manage(hub, "backup", str(whole))[0] == 0
    file.write_bytes(whole.read_bytes())
    altered(file)
    for command in ((hub, "verify_backup"), (empty, "restore")):
        status, said = manage(*command, str(file))
        assert (status, "was altered" in said, "Traceback" in said) == (1, True, False), said
    assert manage(empty, "restore", str(whole))[0] == 0
    status, said = manage(empty, "restore", str(whole))
    assert (status, "is not empty" in said) == (1, True), said


def said_in_a_line(hub, *arguments) -> str:
    """What a command that fails tells: no traceback, and no password."""
    status, said = manage(hub, *arguments)
    assert (status, "Traceback" in said, "secret-value" in said) == (1, False, False), said
    assert len(said.strip().splitlines()) <= 2, said
    return said


@pytest.mark.drill
@pytest.mark.only_on("sqlite")
def test_a_database_that_cannot_be_read_is_told_in_a_line(nursery, tmp_path):
    hub = nursery.hub(tmp_path)
    whole = tmp_path / "whole.backup"
    assert manage(hub, "backup", str(whole))[0] == 0
    (tmp_path / "hub.sqlite3").write_bytes(b"no database" * 1000)
    for command in (["backup", "--overwrite"], ["restore"]):
        assert "not a database" in said_in_a_line(hub, *command, str(whole))


@pytest.mark.parametrize(
    ("server", "says"),
    [
        ("mysql://hub:secret-value@127.0.0.1/x", "--scratch must look like postgresql://"),
        ("postgresql://hub:secret-value@127.0.0.1:port/x", "--scratch has a port"),
        ("postgresql://hub:secret-value@127.0.0.1:1/x", "PostgreSQL does not answer"),
        ("postgresql://hub:secret-value@127.0.0.1:1/x?sslperhaps=1", "sslperhaps"),
    ],
)
def test_a_server_for_scratch_that_is_none_is_told_in_a_line(nursery, tmp_path, server, says):
    file, dump = tmp_path / "hub.backup", tmp_path / "dump"
    dump.write_bytes(b"rows")
    archive.write(file, {"engine": "postgresql", "made_at": "", "tables": {}}, dump)
    hub = nursery.hub(tmp_path)
    assert says in said_in_a_line(hub, "verify_backup", str(file), "--scratch", server)


@pytest.mark.only_on("postgresql")
def test_pg_dump_is_told_all_that_the_url_says_and_the_password_apart(nursery, tmp_path):
    hub, programs = nursery.hub(tmp_path), tmp_path / "programs"
    programs.mkdir()
    (programs / "pg_dump").write_text(
        '#!/bin/sh\necho "pg_dump (PostgreSQL) 99.0"\n'
        f'echo "$@" > {tmp_path}/arguments\n[ "$1" = --version ]\n'
    )
    (programs / "pg_dump").chmod(0o700)
    url = hub.environment["DATABASE_URL"]
    certificate = "sslcert=/etc/hub/client.crt&sslkey=/etc/hub/client.key&sslpassword=secret-value"
    hub.environment |= {
        "HUB_PG_BIN": str(programs),
        "DATABASE_URL": f"{url}{'&' if '?' in url else '?'}{certificate}",
    }
    said_in_a_line(hub, "backup", str(tmp_path / "hub.backup"))
    arguments = (tmp_path / "arguments").read_text()
    assert "sslcert=/etc/hub/client.crt" in arguments
    assert "sslkey=/etc/hub/client.key" in arguments
    assert "password" not in arguments


def test_rows_that_differ_are_told_by_table():
    rows = {"memories": {"rows": 1, "sha256": "a"}, "tokens": {"rows": 1, "sha256": "b"}}
    compare(rows, rows)
    with pytest.raises(BackupError, match="memories"):
        compare(rows, rows | {"memories": {"rows": 2, "sha256": "c"}})
    with pytest.raises(BackupError, match="tokens"):
        compare(rows, {"memories": rows["memories"]})
