"""What letters alone do not tell: names with signs, operators, symbols, numbers written in groups,
and Korean words that a space parts or not.

All of it stands beside the words themselves: C++ is found as `c` and before it as `c++`.
"""

import re
from collections.abc import Collection, Iterator

from superthread.search.analysis import pieces
from superthread.search.analysis.korean import is_short, joint

# A token at start:end of the folded text, and its term.
Token = tuple[int, int, str]

LONGEST = 64  # characters of a term
LONGEST_NUMBER = 20  # digits

_OPERATOR = r"[=<>!&|+*/%^~?:\\-]"
_SYMBOLS = (
    "\u00a2-\u00a9\u00ae\u00b0\u00b1\u00b6\u00d7\u00f7\u20a0-\u20cf\u2190-\u23ff\u25a0-\u27ff\u2900-\u2bff"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
)
_FLAG = "\U0001f1e6-\U0001f1ff"
_ASCII_SIGN = (
    # --force, -x, -18, .NET, $HOME, @mina, #release: at the beginning of a word
    r"(?<![^\s(\[{\"'`=|,;].)(?:(?<=-)-?|(?<=[.$@#]))[A-Za-z0-9]\w*+"
    # C++, F#, 50%: at its end
    r"|(?<=[A-Za-z0-9].)(?:(?<=\+)\+|(?<=[#%]))(?![\w+#])"
    rf"|(?<!{_OPERATOR}.)(?<={_OPERATOR}){_OPERATOR}{{1,3}}+(?!{_OPERATOR})"
)
# Begins with one set for all of them, of which what is before it is asked afterwards: then letters
# are passed over at the speed of C. A set of ASCII alone is told in a third of the time.
_SIGNS = r"-.$@#+%=<>!&|*/^~?:\\"
_SIGN = re.compile(
    rf"[{_SIGNS}{_FLAG}{_SYMBOLS}](?:{_ASCII_SIGN}"
    rf"|(?<=[{_FLAG}])[{_FLAG}]|(?<=[{_SYMBOLS}]))"
)
_SIGN_OF_ASCII = re.compile(f"[{_SIGNS}](?:{_ASCII_SIGN})")
_WORD_BEFORE = re.compile(r"[A-Za-z0-9_]++\Z")
# Of ordinary text and of mark-up: nobody tells memories apart by these.
_COMMON = frozenset(("--", "**", "//", "://", "!!", "~~", "||", "<!--", "-->", "__"))
_HANGUL_BEFORE = re.compile("[가-힣]++\\Z")
# But for what marks a stop word that is written like a name.
_NO_WORD = re.compile("[^\\w^]+|\\^(?!\\w)")
_HANGUL = re.compile("[가-힣]+")
# Words of Hangul with one space between.
_CHAIN = re.compile("[가-힣]++(?: [가-힣]++)++")
_BEGINS, _ENDS = r"(?<![\w.,-])", r"(?!\w|[-,.]\d)"
_THOUSANDS = r"\d{1,3}(?:([,.' ’])\d{3})(?:\1\d{3})*"
# What follows is told behind the first character, for which it is as with signs.
_GROUPS_BEHIND = (
    # 1,234,567 and 1 234 567; 010-1234-5678, 2024-01-05 and +82 10 1234 5678
    r"(?<![\w.,-].)(?:(?<=\d)\d{0,2}(?:([,.' ’])\d{3})(?:\1\d{3})*"
    r"|(?:(?<=\+)\d{1,4}|(?<=\d)\d{0,3})(?:[-./]\d{2,4}){1,4}"
    rf"|(?<=[+0])\d{{1,3}}(?: \d{{2,4}}){{1,4}}){_ENDS}"
)
_GROUPS = re.compile(r"[\d+]" + _GROUPS_BEHIND)
_GROUPS_OF_ASCII = re.compile("[0-9+]" + _GROUPS_BEHIND)
_LARGE = re.compile(_BEGINS + _THOUSANDS + _ENDS)
_NO_DIGIT = re.compile(r"\D+")


def tokens(folded: str) -> Iterator[Token]:
    """All of them in a text that `fold` has seen, kind by kind."""
    yield from written_tokens(folded)
    yield from joints(folded)


def written_tokens(folded: str) -> Iterator[Token]:
    """Those that are written as they are spelt: signs and numbers."""
    yield from _signs(folded)
    yield from _numbers(folded)


class WantedTokens:
    """Those of `tokens` whose terms are wanted, without a look at kinds that none of them is."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = wanted
        # What of a name with signs, an operator or a symbol stands as it is in any text with it.
        self._signs = [sign[0] for term in wanted if (sign := _NO_WORD.search(term))]
        self._has_numbers = any(term.isdigit() and _is_grouped(term) for term in wanted)
        self._pairs = {
            f"{term[0]} {term[1]}": term
            for term in wanted
            if len(term) == 2 and _HANGUL.fullmatch(term)
        }

    def __call__(self, folded: str) -> list[Token]:
        """Those in a text that `fold` has seen, kind by kind."""
        found: list[Token] = []
        if any(sign in folded for sign in self._signs):
            found += [token for token in _signs(folded) if token[2] in self._wanted]
        if self._has_numbers:
            found += [token for token in _numbers(folded) if token[2] in self._wanted]
        if not folded.isascii():
            for parted, pair in self._pairs.items():
                if parted in folded:
                    found += [(at, at + len(parted), pair) for at in _joints_of(parted, folded)]
        return found


def _signs(folded: str) -> Iterator[Token]:
    pattern = _SIGN_OF_ASCII if folded.isascii() else _SIGN
    for found in pieces.found(pattern, folded):
        sign, start = found[0], found.start()
        if sign in _COMMON:
            continue
        if sign in ("++", "#", "%") and (
            word := _WORD_BEFORE.search(folded, max(0, start - 32), start)
        ):
            sign, start = word[0] + sign, start - len(word[0])
        yield start, found.end(), sign.casefold()[:LONGEST]


def _numbers(folded: str) -> Iterator[Token]:
    """Numbers in groups as the digits alone."""
    pattern = _GROUPS_OF_ASCII if folded.isascii() else _GROUPS
    for found in pieces.found(pattern, folded):
        digits = _NO_DIGIT.sub("", found[0])
        if _is_grouped(digits):
            yield *found.span(), digits


def _is_grouped(digits: str) -> bool:
    """Whether a number of so many digits is found by them where it is written in groups."""
    return 4 < len(digits) <= LONGEST_NUMBER


def ungrouped(folded: str) -> str:
    """The text with the digits of large numbers together: their groups alone say nothing."""
    return _LARGE.sub(lambda number: _NO_DIGIT.sub("", number[0]), folded)


def joints(folded: str) -> Iterator[Token]:
    """The pair of syllables on both sides of each space where one word may be written."""
    if folded.isascii():
        return
    for chain in _CHAIN.finditer(folded):
        before, *words = chain[0].split(" ")
        was_short, end = is_short(before), chain.start() + len(before)
        for word in words:
            short = is_short(word)
            if short or was_short:
                yield end - 1, end + 2, before[-1] + word[0]
            before, was_short, end = word, short, end + 1 + len(word)


def _joints_of(parted: str, folded: str) -> Iterator[int]:
    """Where two syllables with a space between are a pair of `joints`."""
    at = folded.find(parted)
    while at >= 0:
        before = _HANGUL_BEFORE.search(folded, max(0, at + 1 - LONGEST), at + 1)[0]
        if joint(before, _HANGUL.match(folded, at + 2)[0]):
            yield at
        at = folded.find(parted, at + 1)
