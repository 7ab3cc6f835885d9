"""The plain text contract: what a Google Doc can hold, and how it comes back."""

import hashlib
import re
from typing import Any

# What Docs drops from inserted text, by its discovery document.
_DROPPED = re.compile("[\u0000-\u0008\u000c-\u001f\ue000-\uf8ff]")


def canonical(text: str) -> str:
    """The text as a Doc can hold it: line ends are LF, undisplayable characters are gone.

    Made before hashing and sending, so that the hash says whether someone edited the Doc since.
    """
    return _DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def digest(text: str) -> str:
    """32 hexadecimal digits that tell two texts apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def from_export(content: bytes) -> str:
    """The text of files.export: it has a byte order mark and CRLF line ends."""
    return content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


def from_document(document: dict[str, Any]) -> str:
    """The exact text of documents.get, without the newline that every Doc ends with."""
    return "".join(_runs(document["body"].get("content", []))).removesuffix("\n")


def _runs(elements: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for element in elements:
        parts = element.get("paragraph", {}).get("elements", [])
        found.extend(part.get("textRun", {}).get("content", "") for part in parts)
        for row in element.get("table", {}).get("tableRows", []):
            for cell in row.get("tableCells", []):
                found.extend(_runs(cell.get("content", [])))
    return found


def rewrite_requests(end: int, text: str) -> list[dict[str, Any]]:
    """The requests that replace a body ending at `end` (UTF-16 units) by a text.

    The last newline cannot be deleted, and deleting or inserting nothing is an error.
    """
    requests: list[dict[str, Any]] = []
    if end > 2:
        whole = {"startIndex": 1, "endIndex": end - 1}
        requests.append({"deleteContentRange": {"range": whole}})
    if text:
        requests.append({"insertText": {"location": {"index": 1}, "text": text}})
    return requests


def end_of(document: dict[str, Any]) -> int:
    """The end index of a body, from documents.get."""
    return document["body"]["content"][-1]["endIndex"]
