"""Two requests with one key at the same time, and what a crash leaves behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from memory_hub.idempotency.errors import TwinInFlight
from memory_hub.idempotency.key import KeyClaim
from memory_hub.idempotency.locks import ByteLocks, byte_locks
from testing.polling import wait_until

MEMORIES = "/superthread/memories"
KEY = {"Idempotency-Key": "twin"}

# Another process of the hub with the twin's request: it takes the lock, says so and hangs.
ON_SQLITE = """
import pathlib, sys
from memory_hub.idempotency.locks import ByteLocks
with ByteLocks(pathlib.Path(sys.argv[1])).holding(int(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""
ON_POSTGRESQL = """
import psycopg2, sys
cursor = psycopg2.connect(sys.argv[1]).cursor()
cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int(sys.argv[2])])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def other_process(number: int) -> Iterator[subprocess.Popen]:
    """A process that holds the lock on the number until it is killed."""
    if connection.vendor == "postgresql":
        script, where = ON_POSTGRESQL, connection.get_connection_params()
        known = {name: where[name] for name in ("host", "port", "user", "dbname")}
        target = " ".join(f"{name}={value}" for name, value in known.items())
    else:
        script, target = ON_SQLITE, f"{connection.settings_dict['NAME']}-keys"
    process = subprocess.Popen(
        [sys.executable, "-c", script, target, str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "testing.settings"},
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()
        wait_for_release()


def wait_for_release() -> None:
    """The kernel lets go before a process is reaped; PostgreSQL when it reads the closed socket."""
    if connection.vendor == "postgresql":
        wait_until(lambda: not _is_held())


def _is_held() -> bool:
    """Whether another connection to this database has an advisory lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory'"
            " AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone() is not None


def test_a_twin_in_flight_in_another_process_is_a_conflict_until_that_process_dies(mina):
    number = KeyClaim(mina.user.pk, "twin", "").number
    with other_process(number):
        answer = mina.post(MEMORIES, json={"content": "one"}, headers=KEY)
        assert answer.status_code == 409
        assert answer.json()["code"] == "idempotency-in-flight"
        assert answer.headers["Retry-After"] == "1"
        other = mina.post(MEMORIES, json={"content": "one"}, headers={"Idempotency-Key": "other"})
        assert other.status_code == 201
    # Killed, not closed: nothing it could have tidied up was tidied up.
    assert mina.post(MEMORIES, json={"content": "one"}, headers=KEY).status_code == 201


def test_threads_of_one_process_exclude_each_other(tmp_path):
    locks = ByteLocks(tmp_path / "locks")
    with locks.holding(7):
        with pytest.raises(TwinInFlight), locks.holding(7):
            pass
        with locks.holding(8):
            pass
    with locks.holding(7):
        pass


OTHERS = """
import pathlib, sys
from memory_hub.idempotency.errors import TwinInFlight
from memory_hub.idempotency.locks import ByteLocks
locks = ByteLocks(pathlib.Path(sys.argv[1]))
for number in map(int, sys.argv[2:]):
    try:
        with locks.holding(number):
            print("free")
    except TwinInFlight:
        print("held")
"""


def found_by_another_process(path, *numbers: int) -> list[str]:
    command = [sys.executable, "-c", OTHERS, str(path), *map(str, numbers)]
    settings = {"DJANGO_SETTINGS_MODULE": "testing.settings"}
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_another_process_finds_the_one_number_held_and_free_again_afterwards(tmp_path):
    path = tmp_path / "locks"
    locks = ByteLocks(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with locks.holding(7):
        assert found_by_another_process(path, 6, 7, 8) == ["free", "held", "free"]
        with locks.holding(8):
            pass
        # Letting go of a number lets go of no other.
        assert found_by_another_process(path, 7, 8) == ["held", "free"]
        with locks.holding(6):
            pass
        assert found_by_another_process(path, 6, 7) == ["free", "held"]
    assert found_by_another_process(path, 7) == ["free"]


def test_a_process_has_one_descriptor_of_the_lock_file(tmp_path, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "hub.sqlite3")
    # A second one, when closed, would drop the locks taken through the first.
    assert byte_locks() is byte_locks()
