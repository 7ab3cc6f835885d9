"""Password hashes, a few at a time: each takes much memory and time, and anybody may try one."""

from typing import Any

from django.contrib.auth import hashers

from memory_hub.core.budget import passwords


class _Budgeted(hashers.BasePasswordHasher):
    """Waits for its turn, or raises Spent where too many wait already."""

    def encode(self, *args: Any, **options: Any) -> str:
        with passwords.holding(1):
            return super().encode(*args, **options)

    def verify(self, password: str, encoded: str) -> bool:
        with passwords.holding(1):
            return super().verify(password, encoded)


class Argon2(_Budgeted, hashers.Argon2PasswordHasher):
    """Argon2id with 64 MB, the second recommendation of RFC 9106 (section 4); Django's 100 MB and
    two passes cost as much time. Passwords hashed with others are hashed anew at the next log-in.
    """

    memory_cost, time_cost, parallelism = 64 * 1024, 3, 4


class PBKDF2(_Budgeted, hashers.PBKDF2PasswordHasher):
    """For what was hashed where Argon2 was missing. It verifies by encoding: once is enough."""

    verify = hashers.PBKDF2PasswordHasher.verify
