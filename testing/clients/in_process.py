"""A client that drives the whole ASGI application inside the test's process."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
from django.core.signals import request_finished
from django.db import close_old_connections, connections
from django.test import TestCase

from memory_hub.accounts import services
from memory_hub.accounts.models import User
from memory_hub.accounts.restrictions import Restriction
from memory_hub.accounts.scopes import delegable_scopes, every_scope
from memory_hub.caching import generations
from memory_hub.core.identity import OPERATOR
from memory_hub.threads.worker_pool import WorkerThreads
from testing import discretion
from testing.telling import everything_told

_loop = asyncio.new_event_loop()
# A fork has none of the threads that the loop's executor counts on: what is given to one that was
# idle would wait for ever.
os.register_at_fork(after_in_child=lambda: _loop.set_default_executor(ThreadPoolExecutor()))


def close_loop() -> None:
    """Ends what still goes on when the tests are over: nobody shall find it unfinished."""
    if _loop.is_closed():
        return
    _loop.run_until_complete(_nothing_left())
    _loop.close()


async def _nothing_left() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()


def forget_announced() -> None:
    """Ends what tests have announced and taken back: nothing would be kept under it for a while."""
    local = generations.current().local
    local.path.unlink(missing_ok=True)
    local.follow_file()


class SharedConnectionThreads(WorkerThreads):
    """Worker threads that use the connections of the thread that made this.

    The test's transaction is rolled back at its end; what requests see and do must be inside it.
    One request runs at a time, so no connection is used twice at once.
    """

    def __init__(self) -> None:
        # Of the queue a user has half.
        super().__init__(size=1, queue=20)
        # What Django does at the end of a page: with the test's connection the test would end.
        request_finished.disconnect(close_old_connections)
        self.shared = {connection.alias: connection for connection in connections.all()}
        for connection in self.shared.values():
            connection.inc_thread_sharing()

    async def run(self, unit, *, large=False):
        return await super().run(partial(self._with_shared, unit), large=large)

    def _with_shared(self, unit):
        for alias, connection in self.shared.items():
            connections[alias] = connection
        return unit()

    @contextlib.contextmanager
    def committing(self) -> Iterator[None]:
        """Runs what waits for a commit, though the test's own transaction never commits."""
        with contextlib.ExitStack() as stack:
            for alias in self.shared:
                stack.enter_context(TestCase.captureOnCommitCallbacks(using=alias, execute=True))
            yield

    def close(self) -> None:
        self.shutdown()
        request_finished.connect(close_old_connections)
        for connection in self.shared.values():
            connection.dec_thread_sharing()


class Client:
    """Requests with one credential; ``user`` and ``token`` tell whose."""

    def __init__(
        self,
        token: str | None = None,
        user: User | None = None,
        threads: Any = None,
        **headers: str,
    ) -> None:
        self.token, self.user, self.threads = token, user, threads
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """As httpx.request: json, content, params, headers, cookies."""
        discretion.note(options.get("json"))
        with everything_told(), _committing(self.threads):
            answer = _loop.run_until_complete(self._send(method, path, options))
        if answer is not None and answer.is_error:
            assert discretion.leaks(answer.text, discretion.written) == [], answer.text
        return answer

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        from memory_hub.asgi import application

        headers = {**self.headers, **options.pop("headers", {})}
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Any) -> httpx.Response:
        return self.request("HEAD", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)

    def save(self, content: str = "Jun has the key.", **fields: Any) -> dict[str, Any]:
        """Saves a memory and returns it."""
        answer = self.post("/superthread/memories", json={"content": content, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()


def client_for(
    email: str,
    *,
    scopes: Any = None,
    threads: Any = None,
    restriction: Restriction | None = None,
    client: str | None = None,
    **fields: Any,
) -> Client:
    """A client with a fresh token of the user with this address, made if need be; with all scopes
    and unrestricted unless told otherwise. ``client`` is whom the token was given to."""
    with _committing(threads):
        user = services.ensure_user(email, by=OPERATOR)
        if fields:
            User.objects.filter(pk=user.pk).update(**fields)
        usual = delegable_scopes() if client else every_scope()
        _, token = services.create_token(
            user_id=user.pk,
            scopes=usual if scopes is None else scopes,
            restriction=restriction,
            client=client,
            by=OPERATOR,
        )
    return Client(token, user, threads)


def _committing(threads: Any) -> contextlib.AbstractContextManager[None]:
    return getattr(threads, "committing", contextlib.nullcontext)()
