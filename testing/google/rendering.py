"""What documents.get tells of a segment: its structural elements, with their indexes."""

from itertools import pairwise
from typing import Any

from testing.google.units import Unit, Units, closing, paragraph_end, text_of

Json = dict[str, Any]


def elements(units: Units, start: int = 0, end: int | None = None) -> list[Json]:
    """The structural elements between two indexes."""
    end = len(units) if end is None else end
    found, at = [], start
    while at < end:
        unit = units[at]
        if unit.kind == "table":
            to = closing(units, at) + 1
            found.append(_at(at, to, table=_table(units, at, to - 1)))
        elif unit.kind == "toc":
            to = closing(units, at) + 1
            inside = {"content": elements(units, at + 1, to - 1)}
            found.append(_at(at, to, tableOfContents=inside | unit.suggested))
        elif unit.kind == "section":
            to = at + 1
            found.append(_at(at, to, sectionBreak=unit.payload or {"sectionStyle": {}}))
        else:
            to = paragraph_end(units, at) + 1
            found.append(_at(at, to, paragraph=_paragraph(units, at, to)))
        at = to
    return found


def _at(start: int, end: int, **member: Json) -> Json:
    """Without an index of 0: the API leaves those out."""
    return ({"startIndex": start} if start else {}) | {"endIndex": end} | member


def _table(units: Units, start: int, end: int) -> Json:
    rows = []
    borders = [*_children(units, start + 1, end, "row"), end]
    for at, to in pairwise(borders):
        cells = [*_children(units, at + 1, to, "cell"), to]
        shown = [
            {"startIndex": a, "endIndex": b, "content": elements(units, a + 1, b)}
            | units[a].payload | units[a].suggested
            for a, b in pairwise(cells)
        ]  # fmt: skip
        rows.append(
            {"startIndex": at, "endIndex": to, "tableCells": shown}
            | units[at].payload | units[at].suggested
        )  # fmt: skip
    own = units[start].payload | units[start].suggested
    columns = len(rows[0]["tableCells"]) if rows else 0
    return {"rows": len(rows), "columns": columns, "tableRows": rows} | own


def _children(units: Units, start: int, end: int, kind: str) -> list[int]:
    found, at = [], start
    while at < end:
        if units[at].kind in {"table", "toc"}:
            at = closing(units, at)
        elif units[at].kind == kind:
            found.append(at)
        at += 1
    return found


def _paragraph(units: Units, start: int, end: int) -> Json:
    found: list[Json] = []
    at = start
    while at < end:
        unit, to = units[at], at + 1
        if unit.kind == "object":
            while units[to].kind == "more":
                to += 1
            found.append(_at(at, to, **_object(unit)))
        else:
            while to < end and _same_run(unit, units[to]):
                to += 1
            run = {"content": text_of(units[at:to]), "textStyle": unit.style} | unit.suggested
            found.append(_at(at, to, textRun=run))
        at = to
    return {"elements": found} | units[end - 1].payload


def _object(unit: Unit) -> Json:
    return {name: member | unit.suggested for name, member in unit.payload.items()}


def _same_run(one: Unit, other: Unit) -> bool:
    return other.kind == "char" and one.style == other.style and one.suggested == other.suggested
