"""Front matter: the block at the head of a note that says what it is and for whom.

YAML between two lines of dashes, TOML between two lines of pluses, JSON as an object or between
dashes with its name (``---json``). What cannot be understood is refused and never taken for text:
it may say who the note is for.
"""

import re
from dataclasses import dataclass
from typing import Any

from superthread.transfer import blocks, json_head
from superthread.transfer.blocks import ENTRY, PLACING, BadFrontMatter, meant

LIMIT = 128 * 2**10  # characters; twice what metadata may hold
_END = r"[ \t]*(?:\r\n|\r|\n|\Z)"
# A second mark of the order of bytes is what two programs leave that each put one.
_BLANK = r"(?:[ \t\ufeff]*[\r\n])*\ufeff*"
_OPENING = re.compile(rf"{_BLANK}(?P<mark>---|\+\+\+|;;;)[ \t]*(?P<language>[A-Za-z]*){_END}")
_CLOSING = {
    "---": re.compile(rf"(?<=[\r\n])(?:---|\.\.\.){_END}"),
    "+++": re.compile(rf"(?<=[\r\n])\+\+\+{_END}"),
    ";;;": re.compile(rf"(?<=[\r\n]);;;{_END}"),
}
_LANGUAGES = {
    ("---", ""): "yaml",
    ("---", "yaml"): "yaml",
    ("---", "yml"): "yaml",
    ("---", "json"): "json",
    ("---", "toml"): "toml",
    ("+++", ""): "toml",
    ("+++", "toml"): "toml",
}
_ASSIGNMENT = re.compile(r"[\w.-]+[ \t]*=")
# A line that is about the place, however it is written: without a space, with an equals sign, as
# the item of a list.
_ABOUT_PLACE = re.compile(
    r"^[ \t]*(?:[-*{][ \t]*)?['\"]?(?:scope|team[-_ ]?key|category)['\"]?[ \t]*[:=\uff1a]",
    re.MULTILINE | re.IGNORECASE,
)
_SAYS_PLACE = re.compile(
    r"^[^\w\n]*scope[^\w\n]{0,9}[:=\uff1a][^\w\n]{0,9}(?:personal|private|team)[^\w\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_UNINDENTED = re.compile(r"^(?P<name>[^\s:=\uff1a]+)[ \t]*[:=\uff1a]", re.MULTILINE)
# The lines from the first that is not blank to the next blank one.
_PARAGRAPH = re.compile(rf"{_BLANK}(?:[^\r\n]*\S[^\r\n]*(?:\r\n|\r|\n|\Z))*")


_HOW = "a line such as scope: personal is expected."


@dataclass(frozen=True, slots=True)
class Note:
    """A file in its parts: ``placing`` (of PLACING), the other keys, and the text behind the block.

    ``odd`` says what was kept as it stands because it could not be read.
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
        return _headless(text)
    first = _lines(text[: opened.end()]) + 1
    closed = _CLOSING[opened["mark"]].search(text, opened.end())
    if not closed:
        return _unclosed(text, opened, first, lenient)
    block = text[opened.end() : closed.start()]
    if len(block) > LIMIT:
        raise BadFrontMatter(f"The front matter has more than {LIMIT} characters.")
    language = _LANGUAGES.get((opened["mark"], opened["language"].lower()))
    value, odd = blocks.read(block, language, first, lenient=lenient) if language else (None, "")
    if not isinstance(value, dict):
        if _ABOUT_PLACE.search(_plain(block)):
            raise BadFrontMatter(f"The front matter from line {first} is about the place; {_HOW}")
        return Note({}, {}, text, odd)
    _refuse_swallowed(value, block, odd)
    return _note(value, text[closed.end() :], odd)


def _note(value: dict[str, Any], content: str, odd: str = "") -> Note:
    """Raises BadFrontMatter for a Scope that nobody reads: it would leave the note where everybody
    reads it."""
    for key in value:
        if meant(key) in PLACING and key != meant(key):
            raise BadFrontMatter(f"The front matter has {key!a}; write {meant(key)}.")
    placing = {name: value.pop(name) for name in PLACING if name in value}
    return Note(placing, value, content, odd)


def _headless(text: str) -> Note:
    """A text without a fence: a JSON object may be its head, and its first line may be missing."""
    head = json_head.split(text)
    if head is not None:
        return _note(*head)
    paragraph = _PARAGRAPH.match(text)
    if paragraph and _SAYS_PLACE.search(_plain(paragraph[0])):
        raise BadFrontMatter("The first lines say a scope and are no front matter; put --- first.")
    return Note({}, {}, text)


def _plain(text: str) -> str:
    """With line ends that patterns know."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str) -> int:
    """How many lines end in the text."""
    return len(re.findall(r"\r\n|\r|\n", text))


def _unclosed(text: str, opened: re.Match[str], first: int, lenient: bool) -> Note:
    """A ruler and a text, unless the next line is an entry: then the end has been forgotten."""
    begins = ENTRY if opened["mark"] == "---" else _ASSIGNMENT
    if not begins.match(text, opened.end()):
        paragraph = _PARAGRAPH.match(text, opened.end())
        if not paragraph or not _ABOUT_PLACE.search(_plain(paragraph[0])):
            return Note({}, {}, text)
    complaint = f"The front matter that begins at line {first} has no end."
    placed = _ABOUT_PLACE.search(_plain(text[opened.end() :]))
    if placed or not lenient or begins is _ASSIGNMENT:
        raise BadFrontMatter(complaint)
    return Note({}, {}, text, complaint)


def _refuse_swallowed(block: dict[str, Any], text: str, odd: str) -> None:
    """Where something was kept as it stands, a scope may have become part of it."""
    for line in _UNINDENTED.finditer(_plain(text) if odd else ""):
        if (name := meant(line["name"])) in PLACING and name not in block:
            raise BadFrontMatter(f"The front matter's {name} cannot be read; {_HOW}")
