"""What lies in the database encrypted, under a key made of SECRET_KEY: seeds of second factors."""

import hmac
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_PURPOSE = b"memory_hub.accounts.encryption"


def _cipher() -> "MultiFernet":
    """The newest key first; what former ones made is read."""
    from cryptography.fernet import Fernet, MultiFernet

    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hmac.digest(key.encode(), _PURPOSE, "sha256") for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])


def encrypt(text: str) -> str:
    """The text under SECRET_KEY, as text that a column takes."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken where SECRET_KEY is another one."""
    return _cipher().decrypt(text.encode()).decode()
