"""Password hashes, a few at a time: each takes much memory and time, and anybody may try one."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

from django.contrib.auth import hashers

from memory_hub.core.budget import passwords

T = TypeVar("T")
NICE = 10  # what threads that hash have at least: the usual ones have 0, and ten times their share


class _Budgeted(hashers.BasePasswordHasher):
    """Waits for its turn, or raises Spent where too many wait already."""

    def encode(self, *args: Any, **options: Any) -> str:
        with passwords.holding(1):
            return _aside(super().encode, *args, **options)

    def verify(self, password: str, encoded: str) -> bool:
        with passwords.holding(1):
            return _aside(super().verify, password, encoded)


def _aside(call: Callable[..., T], *args: Any, **options: Any) -> T:
    """What the call returns, in a thread that steps back behind all others of the machine: a hash
    takes four of its processors for a tenth of a second, and none may be for who asks anything
    else."""
    return _threads().submit(call, *args, **options).result()


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, "hub-passwords", initializer=_step_back)


# A child of this process has none of the threads.
os.register_at_fork(after_in_child=_threads.cache_clear)


def _step_back() -> None:
    # On Linux it is a matter of the thread, and of those that it starts.
    if sys.platform == "linux":
        here = os.PRIO_PROCESS, threading.get_native_id()
        with suppress(OSError):
            os.setpriority(*here, max(NICE, os.getpriority(*here)))


class Argon2(_Budgeted, hashers.Argon2PasswordHasher):
    """Argon2id with 64 MB, the second recommendation of RFC 9106 (section 4); Django's 100 MB and
    two passes cost as much time. Passwords hashed with others are hashed anew at the next log-in.
    """

    memory_cost, time_cost, parallelism = 64 * 1024, 3, 4


class PBKDF2(_Budgeted, hashers.PBKDF2PasswordHasher):
    """For what was hashed where Argon2 was missing. It verifies by encoding: once is enough."""

    verify = hashers.PBKDF2PasswordHasher.verify
