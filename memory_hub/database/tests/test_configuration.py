"""What the environment makes of the PostgreSQL connection."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from memory_hub.database.configuration import postgresql

SERVER = {"NAME": "hub", "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "OPTIONS": {}}


@pytest.mark.parametrize(
    ("environment", "size", "overflow"), [("dev", 5, 10), ("prod", 20, 40), ("test", 2, 0)]
)
def test_each_environment_has_its_own_pool(environment, size, overflow):
    pool = postgresql(environment, SERVER)["POOL"]
    assert pool == {
        "size": size,
        "max_overflow": overflow,
        "timeout": 2,
        "recycle": 3600,
        "pre_ping": True,
    }


def test_every_value_of_the_pool_comes_from_its_variable(monkeypatch):
    for name, value in {
        "HUB_POOL_SIZE": "7",
        "HUB_POOL_OVERFLOW": "3",
        "HUB_POOL_TIMEOUT": "0.5",
        "HUB_POOL_RECYCLE": "10m",
        "HUB_POOL_PRE_PING": "0",
    }.items():
        monkeypatch.setenv(name, value)
    assert postgresql("prod", SERVER)["POOL"] == {
        "size": 7,
        "max_overflow": 3,
        "timeout": 0.5,
        "recycle": 600,
        "pre_ping": False,
    }


def test_every_time_limit_comes_from_its_variable(monkeypatch):
    monkeypatch.setenv("HUB_STATEMENT_TIMEOUT", "1.5")
    monkeypatch.setenv("HUB_LOCK_TIMEOUT", "0")
    monkeypatch.setenv("HUB_IDLE_TRANSACTION_TIMEOUT", "1m")
    monkeypatch.setenv("HUB_CONNECT_TIMEOUT", "4")
    options = postgresql("prod", SERVER)["OPTIONS"]
    assert options["connect_timeout"] == "4"
    assert options["options"] == (
        "-c statement_timeout=1500 -c lock_timeout=0 "
        "-c idle_in_transaction_session_timeout=60000 "
        "-c random_page_cost=1.1 -c TimeZone=UTC"
    )


@pytest.mark.parametrize(("given", "seconds"), [("0.4", "1"), ("0", "1"), ("2.5", "3")])
def test_a_connection_is_never_waited_for_without_end(monkeypatch, given, seconds):
    monkeypatch.setenv("HUB_CONNECT_TIMEOUT", given)
    assert postgresql("prod", SERVER)["OPTIONS"]["connect_timeout"] == seconds


def test_options_of_the_url_win(monkeypatch):
    server = SERVER | {"OPTIONS": {"sslmode": "verify-full", "connect_timeout": "9"}}
    options = postgresql("prod", server)["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("verify-full", "9")


def test_without_the_pool_connections_are_kept_per_thread_and_checked(monkeypatch):
    monkeypatch.setenv("HUB_POOL", "0")
    monkeypatch.setenv("HUB_CONN_MAX_AGE", "30")
    entry = postgresql("prod", SERVER)
    assert (entry["CONN_MAX_AGE"], entry["CONN_HEALTH_CHECKS"]) == (30, True)
    assert "POOL" not in entry


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_POOL", "maybe"),
        ("HUB_POOL_SIZE", "0"),
        ("HUB_POOL_OVERFLOW", "-1"),
        ("HUB_POOL_TIMEOUT", "soon"),
        ("HUB_STATEMENT_TIMEOUT", "-3"),
    ],
)
def test_a_bad_value_names_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        postgresql("prod", SERVER)
