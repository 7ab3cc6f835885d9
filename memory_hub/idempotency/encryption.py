"""Answers that hold a secret (Cache-Control: no-store), readable by their first caller only.

A new token's text is stored nowhere but as a hash. A kept answer that repeats it is therefore
encrypted under the caller's own token, which the hub does not store either, and the key.
"""

import hmac
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from memory_hub.idempotency.errors import AnswerSecret
from memory_hub.idempotency.key import KeyClaim

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def seal(claim: KeyClaim, body: bytes) -> bytes:
    """The body encrypted; empty where the caller came without a token (a session)."""
    return _cipher(claim).encrypt(body) if claim.credential else b""


def unseal(claim: KeyClaim, sealed: bytes) -> bytes:
    """The body again. Raises AnswerSecret for every caller but the first."""
    from cryptography.fernet import InvalidToken

    try:
        return _cipher(claim).decrypt(sealed)
    except InvalidToken as error:
        raise AnswerSecret(
            "It was carried out. Its answer is repeated to the token that asked first only."
        ) from error


def _cipher(claim: KeyClaim) -> "Fernet":
    from cryptography.fernet import Fernet

    # A token is random and long: one round of HMAC is key derivation enough.
    secret = hmac.digest(claim.credential.encode(), b"idempotency " + claim.key.encode(), "sha256")
    return Fernet(urlsafe_b64encode(secret))
