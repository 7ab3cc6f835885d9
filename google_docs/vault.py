"""Encryption of what is stored of a Google account: a new key first, old ones still readable."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class BadKey(ValueError):
    """A key that is no Fernet key, or a text that none of the keys made."""


class Vault:
    """Encrypts refresh tokens with the first key and reads what any of them made."""

    def __init__(self, keys: list[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise BadKey("GOOGLE_TOKEN_KEYS holds something that is not a Fernet key.") from None

    def lock(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, locked: str) -> str:
        try:
            return self._fernet.decrypt(locked.encode()).decode()
        except InvalidToken:
            raise BadKey("None of the keys in GOOGLE_TOKEN_KEYS made this secret.") from None

    def rotate(self, locked: str) -> str:
        """The same secret, encrypted with the first key."""
        try:
            return self._fernet.rotate(locked.encode()).decode()
        except InvalidToken:
            raise BadKey("None of the keys in GOOGLE_TOKEN_KEYS made this secret.") from None
