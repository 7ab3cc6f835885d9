"""Encryption of what is stored of a Google account: a new key first, old ones still readable."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class BadKey(ValueError):
    """A key that is no Fernet key, or a text that none of the keys made."""


class TokenEncryption:
    """Encrypts refresh tokens with the first key and reads what any of them made."""

    def __init__(self, keys: list[str]) -> None:
        self._fernet = _multi_fernet(keys)

    def lock(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, locked: str) -> str:
        """The secret. Raises BadKey if none of the keys made it."""
        return self._with_a_key(self._fernet.decrypt, locked)

    def rotate(self, locked: str) -> str:
        """The same secret, encrypted with the first key. Raises BadKey as `open` does."""
        return self._with_a_key(self._fernet.rotate, locked)

    @staticmethod
    def _with_a_key(work: Callable[[bytes], bytes], locked: str) -> str:
        from cryptography.fernet import InvalidToken

        try:
            return work(locked.encode()).decode()
        except InvalidToken:
            raise BadKey("None of the keys in GOOGLE_TOKEN_KEYS made this secret.") from None


def _multi_fernet(keys: list[str]) -> MultiFernet:
    # Imported on first use: a hub without Google Docs does not pay for it.
    from cryptography.fernet import Fernet, MultiFernet

    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise BadKey("GOOGLE_TOKEN_KEYS holds something that is not a Fernet key.") from None
