"""Requests that are given up while a thread works for them, held where a test wants them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from memory_hub.database.commits import TruthfulCommits
from memory_hub.threads.worker_pool import WorkerThreads, use_worker_threads
from testing.clients.in_process import Client

PATIENCE = 60.0  # seconds
BEFORE, DURING = "before the commit", "during the commit"
# What a request may leave behind though it was given up: nothing that was asked for.
IGNORED_TABLES = ("monitoring_", "django_session")
IGNORED_COLUMNS = ("last_used_at",)


class Held:
    """Commits of worker threads stop at ``place`` until ``release``."""

    def __init__(self, monkeypatch: Any, place: str) -> None:
        self.reached, self._gate = threading.Event(), threading.Event()
        owner = TruthfulCommits if place == BEFORE else BaseDatabaseWrapper
        commit = owner._commit

        def held(connection: Any) -> None:
            if threading.current_thread().name.startswith("hub-work"):
                self.reached.set()
                assert self._gate.wait(PATIENCE)
            commit(connection)

        monkeypatch.setattr(owner, "_commit", held)

    def release(self) -> None:
        self._gate.set()


@contextmanager
def own_threads(size: int = 2) -> Iterator[WorkerThreads]:
    """Worker threads with connections of their own; at the end all of them have ended."""
    threads = WorkerThreads(size, 20)
    use_worker_threads(threads)
    try:
        yield threads
    finally:
        threads.shutdown()
        use_worker_threads(None)


def given_up(client: Client, held: Held, method: str, path: str, **options: Any) -> httpx.Response:
    """The answer to a request that is held; returns when its thread has ended."""
    with own_threads():
        try:
            return client.request(method, path, **options)
        finally:
            held.release()


def everything() -> dict[str, list[str]]:
    """All rows of all tables, but for what any request may write."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(IGNORED_TABLES):
                cursor.execute(f'SELECT * FROM "{table}"')
                names = [column[0] for column in cursor.description]
                kept = [i for i, name in enumerate(names) if name not in IGNORED_COLUMNS]
                rows = cursor.fetchall()
                found[table] = sorted(repr([_plain(row[i]) for i in kept]) for row in rows)
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
