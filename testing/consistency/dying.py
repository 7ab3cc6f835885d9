"""A hub whose host dies at a chosen step of a write: ``testing.consistency.dying:application``.

A step is a statement, a commit, a word to Redis, each before and after it is done. While the file
``DIE_AT`` in the data directory holds a number, steps are counted; at that one the only worker is
killed, and the master stands still: nothing of the host goes on, until ``hosts.revive``.
"""

import os
import signal
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created

from memory_hub.asgi import application as application
from memory_hub.caching.generations import Generations
from memory_hub.caching.generations.redis import RedisGenerations
from testing.consistency.hosts import DIE_AT

_MASTER = os.getpid()  # which imports this module for all
_count = 0


def _step() -> None:
    global _count
    try:
        chosen = int((settings.DATA_DIR / DIE_AT).read_text())
    except FileNotFoundError:
        return
    _count += 1
    if _count >= chosen:
        os.kill(_MASTER, signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGKILL)


def _stepping(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def stepping(*arguments: Any, **options: Any) -> Any:
        _step()
        try:
            return function(*arguments, **options)
        finally:
            _step()

    return stepping


def _execute(execute: Callable[..., Any], *arguments: Any) -> Any:
    return _stepping(execute)(*arguments)


def _watch(connection: Any, **_: Any) -> None:
    if _execute not in connection.execute_wrappers:
        connection.execute_wrappers.append(_execute)
        connection._commit = _stepping(partial(connection._commit))


def _told_by_nobody(bump_all: Callable[..., None]) -> Callable[..., None]:
    """A master outdates everything, on all hosts, when it sees that a worker died: of a host that
    died, nobody is left to do so."""

    @wraps(bump_all)
    def told(*arguments: Any, **options: Any) -> None:
        if os.getpid() != _MASTER:
            bump_all(*arguments, **options)

    return told


connection_created.connect(_watch, dispatch_uid="dying")
RedisGenerations._call = _stepping(RedisGenerations._call)
Generations.bump_all = _told_by_nobody(Generations.bump_all)
