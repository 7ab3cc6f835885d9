"""What a document of the double is made of, and how it is read."""

import json
from typing import Any

from google_docs.text.document import read
from google_docs.text.pieces import Reading
from testing.google.document import Document
from testing.google.server import BOOK

INLINE, PREVIEW = "SUGGESTIONS_INLINE", "PREVIEW_WITHOUT_SUGGESTIONS"
GET, _, _ = BOOK.find("GET", "/v1/documents/x")


def told_of(document: Document, view: str = INLINE) -> dict[str, Any]:
    told = {"documentId": "x", "revisionId": document.revision, "suggestionsViewMode": view}
    return told | document.show(view, tabs=True)


def reading_of(document: Document, view: str = INLINE) -> Reading:
    return read(told_of(document, view))


def structure_of(document: Document) -> list[str]:
    """Every structural element's JSON without its indexes."""
    found: list[str] = []
    for tab in document.all_tabs():
        inner = tab.inner(INLINE)
        for element in inner.pop("body")["content"]:
            found += _parts(element)
        found.append(_bare(inner))
    return found


def _bare(value: Any) -> str:
    def bare(value: Any) -> Any:
        if isinstance(value, list):
            return [bare(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {k: bare(v) for k, v in value.items() if k not in {"startIndex", "endIndex"}}

    return json.dumps(bare(value), sort_keys=True)


def _parts(element: dict[str, Any]) -> list[str]:
    parts = element.get("paragraph", {}).get("elements", [])
    found = [_bare(part) for part in parts if "textRun" not in part]
    rows = element.get("table", {}).get("tableRows", [])
    if rows:
        found.append(f"table of {[len(row['tableCells']) for row in rows]}")
    cells = [cell for row in rows for cell in row["tableCells"]]
    for inner in [inner for cell in cells for inner in cell["content"]]:
        found += _parts(inner)
    return found + ([_bare(element)] if "tableOfContents" in element else [])
