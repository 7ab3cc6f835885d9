"""The text of a token: ``mh_`` + 30 random characters + 6 characters of CRC-32, all base 62.

30 base-62 characters are 178 bits. The CRC lets a mistyped token be refused without a query and
secret scanners recognise one. Only the SHA-256 is stored: the input has full entropy, so a slow
hash would add nothing.
"""

import hashlib
import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX_LENGTH = 9  # shown in lists so that people can tell their tokens apart
_FORM = re.compile(r"mh_[0-9A-Za-z]{36}", re.ASCII)


def new_secret() -> str:
    """A fresh token text."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(30))
    return f"mh_{body}{_check(body)}"


def is_well_formed(text: str) -> bool:
    """True when form and CRC are right; says nothing about whether such a token exists."""
    return bool(_FORM.fullmatch(text)) and text[-6:] == _check(text[3:-6])


def digest(text: str) -> str:
    """The SHA-256 that is stored, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _check(body: str) -> str:
    value, letters = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        letters = ALPHABET[digit] + letters
    return letters
