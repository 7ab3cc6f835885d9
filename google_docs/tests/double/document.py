"""The text of one Google Doc: UTF-16 indexes, atomic batches, opaque revision ids."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

# What Docs drops from inserted text, by the discovery document.
STRIPPED = re.compile("[\u0000-\u0008\u000c-\u001f\ue000-\uf8ff]")


class BadEdit(ValueError):
    """What Docs answers with 400 INVALID_ARGUMENT."""


class NotModelled(Exception):
    """A feature of Google that this double has not."""


@dataclass
class Document:
    """One body: index 0 is the section break, the last character is a newline that stays."""

    text: str = ""  # without the last newline
    revision: str = ""
    history: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.commit(self.text)

    def commit(self, text: str) -> None:
        self.text = text
        # Recorded revision ids are about 107 characters long.
        self.revision = "ALm37B" + secrets.token_urlsafe(76)[:101]

    @property
    def end(self) -> int:
        """The end index of the body: 1 + its UTF-16 length with the last newline."""
        return len(_units(self.text)) // 2 + 2

    def edit(self, requests: list[dict[str, Any]], required: str | None) -> list[dict[str, Any]]:
        """Apply all requests or none; answers their replies."""
        if required is not None and required != self.revision:
            raise BadEdit(
                f"The required revision ID '{required}' does not match the latest revision."
            )
        before = self.text
        try:
            for number, request in enumerate(requests):
                self._apply(number, request)
        except BaseException:
            self.text = before
            raise
        self.commit(self.text)
        return [{} for _ in requests]

    def _apply(self, number: int, request: dict[str, Any]) -> None:
        if set(request) == {"deleteContentRange"}:
            where = request["deleteContentRange"]["range"]
            self._delete(f"Invalid requests[{number}].deleteContentRange: ", where)
        elif set(request) == {"insertText"}:
            self._insert(f"Invalid requests[{number}].insertText: ", request["insertText"])
        else:
            raise NotModelled(f"batchUpdate request {sorted(request)}")

    def _delete(self, say: str, where: dict[str, Any]) -> None:
        start, end = where.get("startIndex", 0), where.get("endIndex", 0)
        if start >= end:
            raise BadEdit(say + "The range should not be empty.")
        if end > self.end:
            raise BadEdit(
                f"{say}Index {end - 1} must be less than the end index of the referenced "
                f"segment, {self.end}."
            )
        if end == self.end:
            raise BadEdit(
                say + "The range cannot include the newline character at the end of the segment."
            )
        if start < 1:
            raise BadEdit(say + "The range must be inside the bounds of an existing paragraph.")
        units = _units(self.text)
        self.text = _text(units[: (start - 1) * 2] + units[(end - 1) * 2 :], say)

    def _insert(self, say: str, request: dict[str, Any]) -> None:
        if "location" not in request:
            raise NotModelled("insertText without a location")
        index = request["location"].get("index", 0)
        if index >= self.end:
            raise BadEdit(
                f"{say}Index {index} must be less than the end index of the referenced "
                f"segment, {self.end}."
            )
        if index < 1:
            raise BadEdit(
                say + "The insertion index must be inside the bounds of an existing paragraph."
            )
        if not request.get("text"):
            raise BadEdit(say + "Insert text requests must specify text to insert.")
        units, at = _units(self.text), (index - 1) * 2
        _text(units[:at], say)  # an index inside a surrogate pair
        added = _units(STRIPPED.sub("", request["text"]))
        self.text = _text(units[:at] + added + units[at:], say)

    def body(self) -> dict[str, Any]:
        """The body as documents.get shows it: one element per paragraph."""
        content: list[dict[str, Any]] = [{"endIndex": 1, "sectionBreak": {"sectionStyle": {}}}]
        start = 1
        for line in self.text.split("\n"):
            end = start + len(_units(line)) // 2 + 1
            run = {"startIndex": start, "endIndex": end, "textRun": {"content": line + "\n"}}
            content.append({"startIndex": start, "endIndex": end, "paragraph": {"elements": [run]}})
            start = end
        return {"content": content}

    def export(self) -> bytes:
        """What files.export sends: a byte order mark, CRLF, and no final newline."""
        return b"\xef\xbb\xbf" + self.text.replace("\n", "\r\n").encode()


def imported(media: bytes) -> str:
    """The text that an import of text/plain makes of an upload."""
    text = media.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return STRIPPED.sub("", text)


def _units(text: str) -> bytes:
    return text.encode("utf-16-le")


def _text(units: bytes, say: str) -> str:
    try:
        return units.decode("utf-16-le")
    except UnicodeDecodeError:
        raise BadEdit(say + "The insertion index cannot be within a grapheme cluster.") from None
