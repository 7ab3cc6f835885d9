"""Front matter: the block of YAML between two lines of dashes at the head of a Markdown file, or of
TOML between two lines of pluses.

What cannot be understood is refused and never taken for text: it may say who the note is for.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from superthread.transfer import yaml_core

LIMIT = 128 * 2**10  # characters; twice what metadata may hold
_END = r"[ \t]*(?:\r\n|\r|\n|\Z)"
_OPENING = re.compile(rf"(?:[ \t]*[\r\n])*(?P<mark>---|\+\+\+){_END}")
_CLOSING = {
    "---": re.compile(rf"(?<=[\r\n])(?:---|\.\.\.){_END}"),
    "+++": re.compile(rf"(?<=[\r\n])\+\+\+{_END}"),
}
# A line that begins an entry of the block: a key and a colon, not indented, no comment, no list.
_ENTRY = re.compile(
    r"^(?P<key>[^\s#\-:'\"\[{][^:\n]*?|'[^'\n]*'|\"[^\"\n]*\")[ \t]*:(?=\s|$)", re.MULTILINE
)
_ASSIGNMENT = re.compile(r"[\w.-]+[ \t]*=")
PLACING = ("scope", "team_key", "category")
# A line that is about the place, however it is written: without a space, with an equals sign, as
# the item of a list.
_ABOUT_PLACE = re.compile(
    r"^[ \t]*(?:[-*{][ \t]*)?['\"]?(?:scope|team[-_ ]?key|category)['\"]?[ \t]*[:=]",
    re.MULTILINE | re.IGNORECASE,
)
_UNINDENTED = re.compile(r"^(?P<name>[^\s:=]+)[ \t]*[:=]", re.MULTILINE)
# The lines from the first that is not blank to the next blank one.
_PARAGRAPH = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?:[^\r\n]*\S[^\r\n]*(?:\r\n|\r|\n|\Z))*")


_HOW = "a line such as scope: personal is expected."


class BadFrontMatter(ValueError):
    """The block looks like front matter and is none that could be understood."""


@dataclass(frozen=True, slots=True)
class Note:
    """A file in its parts: ``placing`` (of PLACING), the other keys, and the text behind the block.

    ``odd`` says what was kept as it stands because it is no YAML.
    """

    placing: dict[str, Any]
    rest: dict[str, Any]
    content: str
    odd: str = ""


def split(text: str, *, lenient: bool = False) -> Note:
    """The parts of a file. A text that begins with a ruler has no front matter.

    Raises BadFrontMatter where the block is broken. ``lenient`` keeps broken entries as texts, but
    never one that may be about the place: guessing could publish what was meant for oneself.
    """
    opened = _OPENING.match(text)
    if not opened:
        return Note({}, {}, text)
    first = _lines(text[: opened.end()]) + 1
    closed = _CLOSING[opened["mark"]].search(text, opened.end())
    if not closed:
        return _unclosed(text, opened, first, lenient)
    block = text[opened.end() : closed.start()]
    if len(block) > LIMIT:
        raise BadFrontMatter(f"The front matter has more than {LIMIT} characters.")
    value, odd = _read(block, opened["mark"], first, lenient)
    if not isinstance(value, dict):
        if _ABOUT_PLACE.search(block):
            raise BadFrontMatter(f"The front matter from line {first} is about the place; {_HOW}")
        return Note({}, {}, text, odd)
    _refuse_misspelt(value)
    _refuse_swallowed(value, block, odd)
    placing = {name: value.pop(name) for name in PLACING if name in value}
    return Note(placing, value, text[closed.end() :], odd)


def _lines(text: str) -> int:
    """How many lines end in the text."""
    return len(re.findall(r"\r\n|\r|\n", text))


def _unclosed(text: str, opened: re.Match[str], first: int, lenient: bool) -> Note:
    """A ruler and a text, unless the next line is an entry: then the end has been forgotten."""
    begins = _ENTRY if opened["mark"] == "---" else _ASSIGNMENT
    if not begins.match(text, opened.end()):
        paragraph = _PARAGRAPH.match(text, opened.end())
        if not paragraph or not _ABOUT_PLACE.search(paragraph[0]):
            return Note({}, {}, text)
    complaint = f"The front matter that begins at line {first} has no end."
    placed = _ABOUT_PLACE.search(text, opened.end())
    if placed or not lenient or begins is _ASSIGNMENT:
        raise BadFrontMatter(complaint)
    return Note({}, {}, text, complaint)


def _read(block: str, mark: str, first: int, lenient: bool) -> tuple[Any, str]:
    """The block's value, and what is odd about it."""
    if mark == "+++":
        return _toml(block, first), ""
    try:
        return yaml_core.load(block), ""
    except yaml_core.YAMLError as error:
        line = first + (error.line or 0)
        complaint = f"The front matter is not plain YAML at line {line}"
        if not lenient:
            raise BadFrontMatter(f"{complaint}.") from error
        plain = block.replace("\r\n", "\n").replace("\r", "\n")
        return _entries(plain), f"{complaint}; kept as it stands."


def _toml(block: str, first: int) -> dict[str, Any]:
    try:
        return _plain(tomllib.loads(block.replace("\r", ""), parse_float=yaml_core.scalar))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadFrontMatter(f"The front matter from line {first} is not TOML.") from error


def _plain(value: Any) -> Any:
    """Dates and times as text: metadata is JSON."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _meant(key: str) -> str:
    """The key in the spelling of ours."""
    return re.sub("[- ]", "_", key.strip("'\" ").casefold())


def _refuse_swallowed(block: dict[str, Any], text: str, odd: str) -> None:
    """Where something was kept as it stands, a scope may have become part of it."""
    for line in _UNINDENTED.finditer(text.replace("\r", "\n") if odd else ""):
        if (meant := _meant(line["name"])) in PLACING and meant not in block:
            raise BadFrontMatter(f"The front matter's {meant} cannot be read; {_HOW}")


def _refuse_misspelt(block: dict[str, Any]) -> None:
    """A Scope that nobody reads would leave the note where everybody reads it."""
    for key in block:
        if (meant := _meant(key)) in PLACING and key != meant:
            raise BadFrontMatter(f"The front matter has {key!a}; write {meant}.")


def _entries(block: str) -> dict[str, Any] | None:
    """The entries of a broken block, each read alone; one that is no YAML as its text.

    None where it begins with something else.
    """
    begun = list(_ENTRY.finditer(block))
    if not begun or block[: begun[0].start()].strip():
        return None
    ends = [entry.start() for entry in begun[1:]] + [len(block)]
    entries: dict[str, Any] = {}
    for entry, end in zip(begun, ends, strict=True):
        key, text = _entry(block[entry.start() : end], entry["key"], block[entry.end() : end])
        if key in entries:
            raise BadFrontMatter(f"The front matter has {key!a} twice.")
        entries[key] = text
    return entries


def _entry(whole: str, key: str, rest: str) -> tuple[str, Any]:
    try:
        read = yaml_core.load(whole)
    except yaml_core.YAMLError as error:
        if _meant(key) in PLACING:
            raise BadFrontMatter(f"The front matter's {_meant(key)} cannot be read.") from error
        return key.strip("'\""), rest.strip().removeprefix(":").strip()
    return next(iter(read.items()))
