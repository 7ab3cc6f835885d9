"""What lies in the database encrypted, under a key made of SECRET_KEY: seeds of second factors."""

import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

_PURPOSE = b"memory_hub.accounts.encryption"


def _cipher() -> MultiFernet:
    """The newest key first; what former ones made is read."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hmac.digest(key.encode(), _PURPOSE, "sha256") for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])


def encrypt(text: str) -> str:
    return _cipher().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken where SECRET_KEY is another one."""
    return _cipher().decrypt(text.encode()).decode()
