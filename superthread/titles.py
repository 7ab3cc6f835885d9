"""What a memory is called: its own title where it has one, else its first line, without mark-up."""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

from superthread import limits
from superthread.search.analysis.language import BLANK, LongText, language_of

# Characters of a content, and of what follows data that goes on beyond them.
LOOKED_AT = 65_536
PICTURES = 8  # such data that is passed over
# What is called so has nothing but data.
DATA = "…"
BLANK_LINE = f" \t{BLANK}"
# That a heading is looked for in.
LINES = 40
FRONT_MATTER = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M
)
_KEY = re.compile(r"^title[ \t]*:[ \t]*(.+?)[ \t]*$", re.M | re.I)
_VALUE = re.compile(r"^[ \t]*(?:-|[\w-]+[ \t]*:)[ \t]*(.+?)[ \t]*$", re.M)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*")
_RULE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEAD = re.compile(r"(?:\s*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)|\[[ xX]\](?=\s)|#{1,6}(?=\s)))*\s*")
_LINK = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)|!?\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]")
_FRAME = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]{1,60}-----")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_SIGN_OF_A_MARK = re.compile("[*_~`]")
_MARKS = re.compile(r"(\*\*|__|~~|`+)(?=\S)(.+?)(?<=\S)\1|(?<!\w)([*_])(?=\S)(.+?)(?<=\S)\3(?!\w)")


def title_of(content: str, metadata: Mapping[str, Any]) -> str:
    """The title in the metadata or the front matter, the first heading, or the first line.

    At most 80 characters.
    """
    named = metadata.get("title")
    if isinstance(named, str) and (title := _plain(named)):
        return title
    text = _beginning(content)
    block = FRONT_MATTER.match(text)
    if block and (given := _KEY.search(block[1])) and (title := _plain(given[1].strip("\"'"))):
        return title
    lines = text[block.end() if block else 0 :].splitlines()
    written = [line for line in lines if line.strip(BLANK_LINE)][:LINES]
    values = _VALUE.findall(block[1]) if block else []
    # Each is looked at only where those before it say nothing.
    called = chain(
        (_plain(line) for line in chain(_headings(lines), written)),
        (_plain(value.strip("[]\"'")) for value in values[:LINES]),
        (DATA if BLANK in line else line.strip()[: limits.TITLE_LENGTH] for line in written),
    )
    # Data alone, or far below empty lines: what there is.
    return next(
        filter(None, called), content.strip().splitlines()[0].strip()[: limits.TITLE_LENGTH]
    )


def _beginning(content: str) -> str:
    """The language that a content begins with, however large the data in it."""
    text, at = language_of(content[:LOOKED_AT]), LOOKED_AT
    if not text.endswith(BLANK) or len(content) <= at:
        return text
    whole = LongText(content)
    for _ in range(PICTURES):
        at = max(at, whole.end_of_data(at - 1))
        following = whole.language(at, at + LOOKED_AT)
        text, at = text + following, at + LOOKED_AT
        if not following.endswith(BLANK):
            break
    return text


def _headings(lines: list[str]) -> list[str]:
    """The first heading that stands at the top or behind an empty line, outside of code."""
    before, fenced = "", False
    for number, line in enumerate(lines[:LINES]):
        fenced ^= _FENCE.match(line) is not None
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if not fenced and not before.strip() and line.strip():
            if heading := _HEADING.fullmatch(line):
                return [heading[1]]
            if _RULE.fullmatch(following) and not _RULE.fullmatch(line):
                return [line]
        before = line
    return []


def _plain(line: str) -> str:
    """The line without mark-up and data."""
    line = line.replace(BLANK, "")
    if _FRAME.fullmatch(line.strip()):
        return ""
    line = line[_HEAD.match(line).end() :]
    # Most lines have none of it, and looking for a sign is quicker than for a pattern.
    if "[" in line:
        line = _LINK.sub(lambda link: link[1] or link[2] or "", line)
    if "<" in line:
        line = _TAG.sub("", line)
    for _ in range(2):
        line = _unmarked(line)
    line = " ".join(line.split())
    return line[: limits.TITLE_LENGTH].strip() if any(map(str.isalnum, line)) else ""


def _unmarked(line: str) -> str:
    """The line without marks around words. Their signs are looked for first, at the speed of C."""
    parts: list[str] = []
    done = at = 0
    while sign := _SIGN_OF_A_MARK.search(line, at):
        at = sign.start() + 1
        if mark := _MARKS.match(line, sign.start()):
            parts += [line[done : mark.start()], mark[2] or mark[4]]
            done = at = mark.end()
    return "".join([*parts, line[done:]])
