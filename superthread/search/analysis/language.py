"""What of a text is language, and what is data that merely stands in it.

A picture in base64 is tens of thousands of "words" that nobody looks for. Encoded data, keys, hex
dumps, minified code, source maps and the output of notebooks are told apart once, for the index,
titles and highlights alike; the memory itself keeps them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from sys import maxsize

from memory_hub.core.recent import Recent
from superthread.search.analysis.encoded import SHORTEST, is_base85, is_data, is_dump
from superthread.search.analysis.glance import CONTEXT, LONG_LINE, SPACES, Glance

# Stands for every character that is no language: no memory holds it, and no word crosses it.
BLANK = "\x00"

REMEMBERED = 4_096  # characters of a text that is

# Patterns begin with a letter or a set: then all else is passed over at the speed of C.
_DATA_URI = re.compile(
    r"data:(?<!\w.{5})[\w.+/-]{0,100}(?:;[\w.+=-]{1,100}){0,9},[^\s\"'<>)\]]*", re.ASCII
)
# What says where it begins and ends: key blocks, uuencode, binary patches of git, Ascii85.
_ENCLOSED = (
    ("-----BEGIN ", re.compile(r"-----BEGIN [A-Z0-9 ]{1,60}-----\s"), "-----"),
    (
        "begin ",
        re.compile(r"^begin [0-7]{3} [^\r\n]{1,200}\n(?=M[ -`]{60}\n)", re.MULTILINE),
        "\nend",
    ),
    ("GIT binary", re.compile(r"GIT binary patch\n(?:literal|delta) \d+\n"), "\n\n"),
    ("<~", re.compile(r"<~(?=[!-u]{40})"), "~>"),
)
_TOKEN = re.compile(r"eyJ(?<!\w.{3})[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?", re.ASCII)
_HEX_DUMP = re.compile(
    r"[0-9A-Fa-f](?<![0-9A-Za-z].)(?:[0-9A-Fa-f]|(?<=0)x[0-9A-Fa-f]{2})[ \t:,\r\n]{1,4}"
    r"(?:(?:0x)?[0-9A-Fa-f]{2}[ \t:,\r\n]{1,4}){14,}(?:0x)?[0-9A-Fa-f]{2}\b"
)
# As xxd, hexdump and od print them: place, bytes, characters.
_DUMP_LINE = re.compile(
    r"^[0-9A-Fa-f]{6,16}:?[ \t]+(?:(?:[0-9A-Fa-f]{2,4}|[0-7]{6})(?:[ \t]{1,3}|$)){4,}[^\r\n]*",
    re.MULTILINE,
)
# Bytes of URLs and of mails, with the line breaks of the latter.
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2}){15,}")
_QUOTED = re.compile(r"=[0-9A-F]{2}(?:=\r?\n)?(?:=[0-9A-F]{2}(?:=\r?\n)?){15,}")
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# By what they begin with.
_SAID = (
    *(("data:", _DATA_URI), ("eyJ", _TOKEN), ("%", _PERCENT), ("=", _QUOTED)),
    ("\x1b[", _COLOURS),
)
# Coordinates, vectors, bytes: numbers with a fraction or of three digits at most, also between the
# letters of a drawing. Longer whole numbers may be looked for.
_NUMBERS = re.compile(
    r"\d(?<![\w.].)(?<!\d[\s,;].)(?:\d{0,3}\.\d{1,20}(?:[eE][-+]?\d{1,3})?|\d{0,2})"
    r"(?=[\s,;\-A-Za-z\[\]])[\s,;\[\]]{0,4}+"
    r"(?>[A-Za-z]?+[ ,]?+[-+]?+(?:\d{0,4}\.\d{1,20}(?:[eE][-+]?\d{1,3})?|\d{1,3})"
    r"(?=[\s,;\-A-Za-z\[\]])[\s,;\[\]]{0,4}+){47,}"
)
# Lines without a space, of which all encoded data is made, and the short one behind them.
_LONG = re.compile(rf"(?<!\S)\S{{{SHORTEST},}}(?:\r?\n\S{{{SHORTEST},}})*+(?:\r?\n\S+)?")
# Lines of base64 or hex as one run; the last may be short.
_RUN = re.compile(
    rf"[A-Za-z0-9+/_-]{{{SHORTEST},}}(?:(?:\r?\n|\\n)[A-Za-z0-9+/_-]{{{SHORTEST},}})*+"
    r"(?:(?:\r?\n|\\n)[A-Za-z0-9+/_-]++(?==))?={0,2}"
)
_DENSE = re.compile(rf"[!-~]{{{SHORTEST},}}(?:\r?\n[!-~]{{{SHORTEST},}})*+")
_MAPPINGS = re.compile(r"[A-Za-z0-9+/;,]{100,}")
_LINE = re.compile(r"[^\r\n]+")
_REST = re.compile(r"[^\r\n]*")
_SIGN = re.compile(r"[{}()\[\];,=:.&|<>!?+*\"'/\\-]")
_OUTPUTS = re.compile(r'"outputs"\s*:\s*\[')
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]]', re.DOTALL)


def language_of(text: str) -> str:
    """`text` with BLANKs, as many, in the place of what is no language."""
    if _all_language.get(hash(text)):
        return text
    return _remembered(text) if len(text) <= REMEMBERED else _read(text)


def _read(text: str) -> str:
    told = _language(text, _is_notebook(text))
    if told is text:
        _all_language.keep({hash(text): True})
    return told


# The hashes of texts that have nothing else: most have not, and the look at one takes most of the
# time in which a search marks it.
_all_language = Recent[int, bool](8_192)


# For the index and for the title of the same memory, one after the other.
_remembered = lru_cache(maxsize=64)(_read)


class LongText:
    """A long text, of which only parts are looked at, each for the cost of that part.

    Of what is around a part CONTEXT characters are looked at. What says where it begins (outputs of
    notebooks, data URIs, key blocks) is known however far before the part that is.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_notebook = _is_notebook(text)
        self._enclosed = [one for one in _ENCLOSED if one[0] in text]
        self._has_uris = "data:" in text

    def language(self, start: int, end: int) -> str:
        """`language_of(text)[start:end]`."""
        text = self._text
        first, last = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
        if first:
            # Whole lines: a cut one may look like another kind.
            first = text.find("\n", first, start) + 1 or first
        opened = max(first, self._opened(first, last))
        piece = BLANK * (opened - first) + _language(text[opened:last], self._is_notebook)
        return piece[start - first : end - first]

    def end_of_data(self, at: int) -> int:
        """Where the data goes on to that `at` stands in; `at` itself where it is none."""
        near = self.language(at, at + CONTEXT)
        if not near.startswith(BLANK):
            return at
        opened = self._opened(at, len(self._text))
        ends = [at + len(near) - len(near.lstrip(BLANK)), opened]
        if run := _RUN.match(self._text, at):
            ends.append(run.end())
        if max(ends) == at + len(near):
            # A line of minified code, which is data to its end.
            ends.append(_REST.match(self._text, at).end())
        return max(ends)

    def _opened(self, at: int, until: int) -> int:
        """The end, `until` at most, of what was opened before `at` and says so at its beginning; 0
        where nothing was."""
        text, ends = self._text, [0]
        if self._is_notebook and (found := _last(_OUTPUTS, '"outputs"', text, at)):
            ends.append(_closed(text, found.end(), until))
        if self._has_uris and (found := _last(_DATA_URI, "data:", text, at, until)):
            ends.append(found.end())
        for beginning, head, closing in self._enclosed:
            if found := _last(head, beginning, text, at):
                ends.append(_end_of(text, closing, found.end(), until))
        return max(ends) if max(ends) > at else 0


def _language(text: str, is_notebook: bool) -> str:
    glance = Glance.at(text)
    if not glance.is_worth_a_look:
        return text
    if is_notebook:
        text = _blanked(text, _outputs(text))
    if glance.said or glance.numbers or glance.dumps or glance.pairs:
        text = _blanked(text, _encoded(text, glance))
    if glance.runs:
        text = _blanked(text, _runs(text))
    # Beside data a line has other spaces than as it is written.
    return _blanked(text, _minified(text)) if glance.lines or BLANK in text else text


def _is_notebook(text: str) -> bool:
    return '"nbformat"' in text and '"cells"' in text


def _last(
    pattern: re.Pattern[str], beginning: str, text: str, at: int, until: int = maxsize
) -> re.Match[str] | None:
    """The last match that begins before `at`, where its `beginning` stands."""
    # Looking from the front first, which is ten times as quick as from behind.
    if text.find(beginning, 0, at) < 0:
        return None
    return pattern.match(text, text.rfind(beginning, 0, at), until)


def _blanked(text: str, spans: Iterator[tuple[int, int]]) -> str:
    pieces, done = [], 0
    for start, end in spans:
        if start >= done:
            pieces += [text[done:start], BLANK * (end - start)]
            done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def _outputs(text: str) -> Iterator[tuple[int, int]]:
    """The outputs of a notebook's cells."""
    at = 0
    while found := _OUTPUTS.search(text, at):
        at = _closed(text, found.end(), len(text))
        yield found.end(), at


def _closed(text: str, at: int, until: int) -> int:
    """The end of the list whose brackets were opened before `at`; `until` at most."""
    depth = 1
    for bracket in _BRACKETS.finditer(text, at, until):
        depth += {"[": 1, "]": -1}.get(bracket[0], 0)
        if not depth:
            return bracket.end()
    return until


def _encoded(text: str, glance: Glance) -> Iterator[tuple[int, int]]:
    """What says itself that it is encoded: data URIs, key blocks, signed tokens, hex dumps."""
    patterns = [one for beginning, one in _SAID if beginning in text] if glance.said else []
    patterns += [_DUMP_LINE] if glance.dumps else []
    patterns += [_NUMBERS] if glance.numbers else []
    spans = [found.span() for pattern in patterns for found in pattern.finditer(text)]
    spans += [
        (found.end(), _end_of(text, closing, found.end(), len(text)))
        for beginning, head, closing in _ENCLOSED
        if glance.said and beginning in text
        for found in head.finditer(text)
    ]
    if glance.pairs:
        spans += [found.span() for found in _HEX_DUMP.finditer(text) if is_dump(found[0])]
    yield from sorted(spans)


def _end_of(text: str, closing: str, at: int, until: int) -> int:
    end = text.find(closing, at, until)
    return end if end >= 0 else until


def _runs(text: str) -> Iterator[tuple[int, int]]:
    for lines in _LONG.finditer(text):
        yield from sorted(_encoded_runs(text, *lines.span()))


def _encoded_runs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in _RUN.finditer(text, start, end):
        if is_data(found[0]):
            yield found.span()
    for found in _DENSE.finditer(text, start, end):
        if is_base85(found[0]):
            yield found.span()
    for found in _MAPPINGS.finditer(text, start, end):
        signs = found[0].count(";") + found[0].count(",")
        if signs > len(found[0]) / 20 and is_data(found[0]):
            yield found.span()


def _minified(text: str) -> Iterator[tuple[int, int]]:
    for found in _LINE.finditer(text):
        line = found[0].replace(BLANK, "") if found.end() - found.start() >= LONG_LINE else ""
        if len(line) < LONG_LINE or not line.isascii():
            continue
        if line.count(" ") < len(line) * SPACES and len(_SIGN.findall(line)) > len(line) * 0.12:
            yield found.span()
