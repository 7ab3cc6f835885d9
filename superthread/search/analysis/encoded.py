"""Whether a run of characters without a space is encoded data, a key or a name."""

import re
from itertools import pairwise

# Characters of a run that may be data; names and paths are hardly ever longer.
SHORTEST = 40
# Of encoded data: the share of neighbours of different kinds (lower, upper, digit). In random
# base64 it is .63, in hex .47, in names like parseInvoiceDateOfCustomer below .25.
CHANGES = 0.35
# Without small letters: in base32 it is .30.
CHANGES_OF_CAPITALS = 0.2
# Characters of a run that are looked at.
JUDGED = 2_000
LONGEST_HASH = 64  # digits

_HEX = re.compile(r"[0-9A-Fa-f]+")
_CHANGE = re.compile(r"[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])")
_KINDS = [re.compile(kind) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]")]


def is_data(run: str) -> bool:
    """Whether a run of letters and digits is encoded data and no name.

    Hashes of up to 64 digits are names: of commits, of files.
    """
    if _HEX.fullmatch(run):
        return len(run) > LONGEST_HASH and is_dump(run)
    looked_at = run[:JUDGED]
    longest = max(map(len, re.split(r"[\W_]", looked_at)), default=0)
    if longest < SHORTEST // 2 and "/" not in looked_at and "+" not in looked_at:
        # Such as a-long-name-of-short-words, or a UUID.
        return False
    return _is_mixed(looked_at)


def is_base85(run: str) -> bool:
    """Whether a run of letters, digits and signs has all kinds of them in no order at all."""
    run = run[: JUDGED // 5].replace("\n", "")
    if "://" in run:
        return False
    shares = [len(kind.findall(run)) / len(run) for kind in _KINDS]
    if not (all(share > 0.05 for share in shares) and 0.1 < shares[-1] < 0.45):
        return False
    kinds = [next(n for n, kind in enumerate(_KINDS) if kind.match(char)) for char in run]
    return sum(one != other for one, other in pairwise(kinds)) > 0.6 * len(run)


def is_key(word: str) -> bool:
    """Whether a word is a key or a hash, whole or nothing: its parts are no words."""
    if _HEX.fullmatch(word):
        return len(word) >= 7 and len(_CHANGE.findall(word)) > 2
    return len(word) >= 16 and _is_mixed(word)


def _is_mixed(text: str) -> bool:
    letters = sum(map(str.isalnum, text))
    least = CHANGES if text != text.upper() else CHANGES_OF_CAPITALS
    return len(_CHANGE.findall(text)) > least * letters


def is_dump(run: str) -> bool:
    """Digits and letters mixed: a column of numbers is none."""
    return re.search("[A-Fa-f]", run) is not None and re.search("[0-9]", run) is not None
