"""A PostgreSQL of these tests alone, for they restart it, and pools of their own on it."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from memory_hub.database import configuration, statistics
from testing.postgres import PostgresServer

_numbers = itertools.count()


class Database:
    """One database as Django sees it, under an alias of its own, so with a pool of its own."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.alias = f"pool-{next(_numbers)}"
        # Django wants a default; nobody uses it.
        self.handler = ConnectionHandler({"default": entry, self.alias: entry})

    @property
    def connection(self) -> Any:
        """The connection of the calling thread."""
        return self.handler[self.alias]

    def ask(self, sql: str) -> Any:
        """One unit of work as a request does it: connect, ask, give back."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchone()[0] if cursor.description else None
        finally:
            self.connection.close()

    def statistics(self) -> dict[str, Any]:
        return statistics.get_pool_stats(self.alias)


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    with PostgresServer(settings=("max_connections=40",)) as running:
        yield running


@pytest.fixture
def database(server, monkeypatch, django_db_blocker) -> Iterator[Callable[..., Database]]:
    """database("prod", HUB_POOL_SIZE=1, …): the server's database in that environment."""
    made = []

    def make(environment: str = "test", **variables: object) -> Database:
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        address = {"NAME": "postgres", "USER": "postgres", "PASSWORD": "", "OPTIONS": {}}
        address |= {"HOST": "127.0.0.1", "PORT": str(server.port)}
        made.append(Database(configuration.postgresql(environment, address)))
        monkeypatch.setattr(statistics, "connections", made[-1].handler)
        return made[-1]

    # pytest-django guards every connection of Django's; these are not the run's database.
    with django_db_blocker.unblock():
        yield make
        for each in made:
            each.connection.close()
            each.connection.close_pool()


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as made:
        yield made
