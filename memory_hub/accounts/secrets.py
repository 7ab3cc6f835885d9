"""The text of a token: its kind and ``_``, 30 random characters, 6 of CRC-32, all base 62.

30 base-62 characters are 178 bits. The CRC lets a mistyped token be refused without a query and
secret scanners recognise one. Only the SHA-256 is stored: the input has full entropy, so a slow
hash would add nothing.
"""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Container

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
# Shown in lists so that people can tell their tokens apart.
PREFIX_LENGTH = 9
# Kinds: what people and programs make for themselves, and what a person's client is given.
OWN, DELEGATED = "mh", "mho"
_FORM = re.compile(r"(mh[a-z]?)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})", re.ASCII)


def new_secret(kind: str = OWN) -> str:
    """A fresh token text."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(30))
    return f"{kind}_{body}{_check(body)}"


def is_well_formed(text: str, kinds: Container[str] = (OWN, DELEGATED)) -> bool:
    """True when kind, form and CRC are right; says nothing about whether such a token exists."""
    found = _FORM.fullmatch(text)
    return found is not None and found[1] in kinds and found[3] == _check(found[2])


def is_delegated(text: str) -> bool:
    """Whether it is the token of a client that a person let in; by its kind alone."""
    return text.startswith(f"{DELEGATED}_")


def digest(text: str) -> str:
    """The SHA-256 that is stored, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _check(body: str) -> str:
    value, letters = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        letters = ALPHABET[digit] + letters
    return letters
