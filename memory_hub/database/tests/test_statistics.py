"""The statistics say how a database's connections are, and are honest where there is no pool."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.utils import ConnectionHandler

from memory_hub.database import get_pool_stats, print_pool_stats, statistics

KINDS = ("SQLite", "QueuePool", "Unpooled")
NUMBERS = ["size", "checked_in", "checked_out", "overflow", "waiting"]


def test_a_pool_nobody_has_used_yet_says_its_size_and_connects_to_nothing(database):
    stats = database("prod").statistics()
    assert stats["type"] == "QueuePool"
    assert [stats[name] for name in NUMBERS] == [20, 0, 0, 0, 0]
    assert (stats["max_overflow"], stats["recycle_s"], stats["pre_ping"]) == (40, 3600, True)
    assert stats["total_connects"] == 0


def test_a_pool_counts_what_is_lent_and_what_flows_over(database, executor):
    db = database(HUB_POOL_SIZE=1, HUB_POOL_OVERFLOW=1)
    db.connection.ensure_connection()
    executor.submit(db.connection.ensure_connection).result()
    second = executor.submit(lambda: (db.connection.ensure_connection(), db.statistics())[1])
    stats = second.result()
    assert [stats[name] for name in NUMBERS] == [1, 0, 2, 1, 0]
    assert stats["longest_checkout_s"] > 0


def test_sqlite_says_that_there_is_nothing_to_pool(monkeypatch):
    entry = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    monkeypatch.setattr(statistics, "connections", ConnectionHandler({"default": entry}))
    stats = get_pool_stats("default")
    assert stats["type"] == "SQLite"
    assert [stats[name] for name in NUMBERS] == [None] * 5


def test_postgresql_without_a_pool_says_how_long_connections_are_kept(database):
    stats = database(HUB_POOL=0, HUB_CONN_MAX_AGE=30).statistics()
    assert (stats["type"], stats["size"], stats["conn_max_age_s"]) == ("Unpooled", None, 30)


def test_the_statistics_print_under_a_label(database, capsys):
    db = database("dev")
    print_pool_stats(db.alias, "before the import")
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"before the import ({db.alias})"
    assert dict(line.split(maxsplit=1) for line in lines)["size"] == "5"


@pytest.mark.django_db
def test_the_command_prints_json_and_nothing_else(capsys):
    call_command("pool_stats")
    assert json.loads(capsys.readouterr().out)["type"] in KINDS


@pytest.mark.django_db
def test_the_command_prints_a_line_for_each_number_where_that_is_asked(capsys):
    out = StringIO()
    call_command("pool_stats", plain=True, stdout=out)
    assert capsys.readouterr().out == ""
    first, *lines = out.getvalue().splitlines()
    assert first == "Database pool (default)"
    told = dict(line.split(maxsplit=1) for line in lines)
    assert told["type"] in KINDS
    assert set(NUMBERS) <= set(told)
