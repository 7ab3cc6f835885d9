"""Making a database ready: any number of times at once, on one host and on several."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import psycopg2
import pytest

from testing.servers.hub import ROOT, HubServer, free_port, new_database

TOGETHER = [2, pytest.param(5, marks=pytest.mark.drill)]


@pytest.fixture
def empty(tmp_path):
    """A hub whose database has nothing in it."""
    server = os.environ.get("TEST_DATABASE_URL")
    return HubServer(tmp_path, new_database(server) if server else None)


def at_once(hub: HubServer, count: int, *arguments: str) -> list[tuple[int, str, str]]:
    """Return code and output of a command that was started so many times at the same moment."""
    processes = [
        subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=hub.environment | {"HUB_PORT": str(free_port())},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    ends = [process.communicate(timeout=300) for process in processes]
    return [(p.returncode, *end) for p, end in zip(processes, ends, strict=True)]


def rows(hub: HubServer, sql: str) -> list[tuple]:
    url = hub.environment.get("DATABASE_URL")
    made = psycopg2.connect(url) if url else sqlite3.connect(hub.data_dir / "hub.sqlite3")
    with closing(made) as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.parametrize("count", TOGETHER)
@pytest.mark.parametrize("command", [("prepare",), ("migrate", "--no-input")])
@pytest.mark.drill
def test_started_at_once_all_succeed_and_everything_is_done_once(empty, command, count):
    ends = at_once(empty, count, *command)
    assert [code for code, _, _ in ends] == [0] * count, ends
    applied = rows(empty, "SELECT app, name FROM django_migrations")
    assert len(applied) == len(set(applied)) > 20
    if command == ("prepare",):
        welcomes = [out for _, out, _ in ends if "Memory Hub is new here" in out]
        assert len(welcomes) == 1
        assert rows(empty, "SELECT count(*) FROM accounts_user") == [(1,)]


@pytest.mark.drill
def test_a_database_is_made_ready_while_redis_is_away(empty):
    empty.environment["REDIS_URL"] = "redis://127.0.0.1:1/0"
    empty.manage("migrate", "--no-input")
    applied = rows(empty, "SELECT count(*) FROM django_migrations")
    assert applied > [(20,)]
    assert empty.manage("create_token", "mina@example.com")
