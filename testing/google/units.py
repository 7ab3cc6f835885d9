"""A segment of a Google Doc as Docs counts it: one unit for each UTF-16 index.

Characters, objects and the borders of tables are units alike; what a paragraph is like belongs to
the newline that ends it. Everything that documents.get tells is made from these.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import regex

# What Docs drops from inserted text, by the discovery document.
STRIPPED = re.compile("[\u0000-\u0008\u000c-\u001f\ue000-\uf8ff]")
BORDERS = {"table": "end_table", "toc": "end_toc"}
Json = dict[str, Any]


class BadEdit(ValueError):
    """What Docs answers with 400 INVALID_ARGUMENT."""


_NONE: Json = {}  # shared, and never changed


@dataclass(eq=False, slots=True, frozen=True)
class Unit:
    """One index. `kind` is `char`, `object` (and `more` for its other indexes), `section`, or a
    border: `table`, `row`, `cell`, `end_table`, `toc`, `end_toc`."""

    kind: str
    char: str = ""  # a UTF-16 code unit
    payload: Json = field(default_factory=lambda: _NONE)  # what the API tells of it
    style: Json = field(default_factory=lambda: _NONE)
    suggested: Json = field(default_factory=lambda: _NONE)  # ids of insertions and deletions

    @property
    def newline(self) -> bool:
        return self.kind == "char" and self.char == "\n"

    @property
    def in_paragraph(self) -> bool:
        return self.kind in {"char", "object", "more"}


Units = list[Unit]


def chars(text: str, style: Json | None = None, suggested: Json | None = None) -> Units:
    """The units of a text; each newline ends a paragraph of its own."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return [
        Unit("char", raw[at : at + 2].decode("utf-16-le", "surrogatepass"), _NONE, style or _NONE,
             suggested or _NONE)
        for at in range(0, len(raw), 2)
    ]  # fmt: skip


def text_of(units: Units) -> str:
    """The characters, joined again; half of a surrogate pair is a BadEdit."""
    raw = b"".join(u.char.encode("utf-16-le", "surrogatepass") for u in units if u.kind == "char")
    try:
        return raw.decode("utf-16-le")
    except UnicodeDecodeError:
        raise BadEdit("The insertion index cannot be within a grapheme cluster.") from None


def closing(units: Units, at: int) -> int:
    """The index of the border that closes the one at an index."""
    opens, depth = units[at].kind, 0
    for index in range(at, len(units)):
        depth += (units[index].kind == opens) - (units[index].kind == BORDERS[opens])
        if depth == 0:
            return index
    raise AssertionError("a border is open")


def paragraph_start(units: Units, at: int) -> int:
    """The first index of the paragraph that an index is in."""
    while at > 0 and units[at - 1].in_paragraph and not units[at - 1].newline:
        at -= 1
    return at


def paragraph_end(units: Units, at: int) -> int:
    """The index of the newline of the paragraph that an index is in."""
    return next(i for i in range(at, len(units)) if units[i].newline)


def without_suggestions(units: Units) -> Units:
    """As PREVIEW_WITHOUT_SUGGESTIONS shows it."""
    kept: Units = []
    at = 0
    while at < len(units):
        unit = units[at]
        if unit.suggested.get("suggestedInsertionIds"):
            at = closing(units, at) if unit.kind in BORDERS else at
        else:
            kept.append(replace(unit, suggested={}))
        at += 1
    return kept


# Edits


def insert(units: Units, index: int, text: str, say: str) -> None:
    """Put a text at an index; its newlines copy the paragraph that they are put into."""
    if index >= len(units):
        raise BadEdit(
            f"{say}Index {index} must be less than the end index of the referenced segment, "
            f"{len(units)}."
        )
    if index < 0 or not units[index].in_paragraph:
        raise BadEdit(
            say + "The insertion index must be inside the bounds of an existing paragraph."
        )
    if not text:
        raise BadEdit(say + "Insert text requests must specify text to insert.")
    _refuse_within_cluster(units, index, say)
    end = paragraph_end(units, index)
    before = units[index - 1] if index > paragraph_start(units, index) else units[index]
    own = dict(units[end].payload)
    floating = own.pop("positionedObjectIds", None)
    added = [
        replace(unit, payload=own) if unit.newline else unit
        for unit in chars(STRIPPED.sub("", text), before.style)
    ]
    first = next((at for at, unit in enumerate(added) if unit.newline), None)
    # They stay with the first of the paragraphs.
    if floating and first is not None:
        added[first] = replace(added[first], payload=own | {"positionedObjectIds": floating})
        units[end] = replace(units[end], payload=own)
    units[index:index] = added


def _refuse_within_cluster(units: Units, index: int, say: str) -> None:
    if units[index].kind == "more":
        raise BadEdit(say + "The insertion index cannot be within an equation.")
    start, end = paragraph_start(units, index), paragraph_end(units, index)
    shown = "".join(
        u.char if u.kind == "char" else "\ufffc" for u in units[start : end + 1]
    ).encode("utf-16-le", "surrogatepass")
    at = start
    for cluster in regex.findall(r"\X", shown.decode("utf-16-le")):
        if at >= index:
            return
        at += len(cluster.encode("utf-16-le")) // 2
        if at > index:
            raise BadEdit(say + "The insertion index cannot be within a grapheme cluster.")


def delete(units: Units, start: int, end: int, say: str, *, first_stays: bool = False) -> None:
    """Cut a range; of two paragraphs that become one either may stay (Google does not say)."""
    if start >= end:
        raise BadEdit(say + "The range should not be empty.")
    if end > len(units):
        raise BadEdit(
            f"{say}Index {end - 1} must be less than the end index of the referenced segment, "
            f"{len(units)}."
        )
    if end == len(units):
        raise BadEdit(
            say + "The range cannot include the newline character at the end of the segment."
        )
    if units[start].kind == "section" and start == 0:
        raise BadEdit(say + "The range must be inside the bounds of an existing paragraph.")
    _refuse_half_a_structure(units, start, end, say)
    halves = [units[i - 1].char + units[i].char for i in (start, end) if i > 0]
    if any(re.fullmatch("[\ud800-\udbff][\udc00-\udfff]", half) for half in halves):
        raise BadEdit(say + "The insertion index cannot be within a grapheme cluster.")
    merged = start > paragraph_start(units, start) if units[start].in_paragraph else False
    newline = next((u for u in units[start:end] if u.newline), None)
    del units[start:end]
    if merged and newline and first_stays and units[start].in_paragraph:
        end = paragraph_end(units, start)
        units[end] = replace(units[end], payload=newline.payload)


def _refuse_half_a_structure(units: Units, start: int, end: int, say: str) -> None:
    at = start
    while at < end:
        unit = units[at]
        if unit.kind in BORDERS:
            close = closing(units, at)
            if close >= end:
                raise BadEdit(say + "Invalid deletion range. Cannot delete part of a structure.")
            at = close
        elif unit.kind in {"row", "cell", "end_table", "end_toc"}:
            raise BadEdit(say + "Invalid deletion range. Cannot delete part of a structure.")
        elif unit.newline:
            _refuse_newline(units, at, end, say)
        at += 1
    if units[start].kind == "more" or (end < len(units) and units[end].kind == "more"):
        raise BadEdit(say + "Invalid deletion range. Cannot delete part of an equation.")


def _refuse_newline(units: Units, at: int, end: int, say: str) -> None:
    following = units[at + 1].kind if at + 1 < len(units) else "end"
    if following in {"cell", "row", "end_table", "end_toc"}:
        raise BadEdit(say + "The range cannot include the last newline of a cell.")
    if following in {"table", "toc", "section"} and at + 1 >= end:
        raise BadEdit(say + "The range cannot include the newline character before a table.")


def newlines_in(units: Units, start: int, end: int) -> Iterator[int]:
    """The indexes of the newlines of the paragraphs that a range overlaps."""
    at = start
    while at < end:
        if not units[at].in_paragraph:
            at += 1
            continue
        at = paragraph_end(units, at)
        yield at
        at += 1
