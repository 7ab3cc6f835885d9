"""One Google Doc of the double: tabs of segments, atomic batches, opaque revision ids."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from testing.google import rendering
from testing.google.units import (
    STRIPPED,
    BadEdit,
    Unit,
    Units,
    chars,
    delete,
    insert,
    newlines_in,
    text_of,
    without_suggestions,
)

Json = dict[str, Any]
PREVIEW = "PREVIEW_WITHOUT_SUGGESTIONS"


class NotModelled(Exception):
    """A feature of Google that this double has not."""


@dataclass
class DocTab:
    """One tab; `body` begins with its section break, and every segment ends with a newline."""

    body: Units
    tab_id: str = "t.0"
    title: str = "Tab 1"
    headers: dict[str, Units] = field(default_factory=dict)
    footers: dict[str, Units] = field(default_factory=dict)
    footnotes: dict[str, Units] = field(default_factory=dict)
    lists: Json = field(default_factory=dict)
    objects: Json = field(default_factory=dict)  # inlineObjects and positionedObjects
    children: list["DocTab"] = field(default_factory=list)

    def copied(self) -> "DocTab":
        """Units are never changed, only exchanged: the lists of them are copied."""
        groups = {
            name: {key: list(units) for key, units in getattr(self, name).items()}
            for name in ("headers", "footers", "footnotes")
        }
        children = [child.copied() for child in self.children]
        return replace(self, body=list(self.body), children=children, **groups)

    def segment(self, segment_id: str) -> Units:
        if not segment_id:
            return self.body
        for group in (self.headers, self.footers, self.footnotes):
            if segment_id in group:
                return group[segment_id]
        raise BadEdit(f"Segment with ID {segment_id} was not found.")

    def show(self, view: str, parent: str | None = None, index: int = 0) -> Json:
        own: Json = {"tabId": self.tab_id, "title": self.title, "index": index}
        if parent:
            own |= {"parentTabId": parent, "nestingLevel": 1}
        shown: Json = {"tabProperties": own, "documentTab": self.inner(view)}
        if self.children:
            shown["childTabs"] = [
                child.show(view, self.tab_id, at) for at, child in enumerate(self.children)
            ]
        return shown

    def inner(self, view: str) -> Json:
        def content(units: Units) -> list[Json]:
            return rendering.elements(without_suggestions(units) if view == PREVIEW else units)

        shown: Json = {"body": {"content": content(self.body)}}
        for name, group in (
            ("header", self.headers), ("footer", self.footers), ("footnote", self.footnotes),
        ):  # fmt: skip
            if group:
                shown[f"{name}s"] = {
                    key: {f"{name}Id": key, "content": content(units)}
                    for key, units in group.items()
                }
        return shown | ({"lists": self.lists} if self.lists else {}) | self.objects


def plain_body(text: str) -> Units:
    """A body with its section break and its last newline."""
    return [Unit("section"), *chars(text + "\n")]


class Document:
    """What is behind one file id. `first_stays`: which of two merged paragraphs survives."""

    def __init__(self, text: str = "", tabs: list[DocTab] | None = None) -> None:
        self.tabs = tabs or [DocTab(plain_body(text))]
        self.first_stays = False
        self.revision = ""
        self.renew()

    def renew(self) -> None:
        # Recorded revision ids are about 107 characters long.
        self.revision = "ALm37B" + secrets.token_urlsafe(76)[:101]

    def commit(self, text: str) -> None:
        """Another text, typed by a person over all that there was."""
        self.tabs = [DocTab(plain_body(text))]
        self.renew()

    def copied(self) -> "Document":
        return Document(tabs=[tab.copied() for tab in self.tabs])

    @property
    def text(self) -> str:
        """The characters of the first tab's body, without the last newline."""
        return text_of(self.tabs[0].body).removesuffix("\n")

    def all_tabs(self) -> list[DocTab]:
        def flat(tabs: list[DocTab]) -> list[DocTab]:
            return [one for tab in tabs for one in (tab, *flat(tab.children))]

        return flat(self.tabs)

    def show(self, view: str, *, tabs: bool) -> Json:
        """What documents.get tells of the text."""
        if not tabs:
            return self.tabs[0].inner(view)
        return {"tabs": [tab.show(view, None, at) for at, tab in enumerate(self.tabs)]}

    def export(self) -> bytes:
        """What files.export sends: a byte order mark, CRLF, and no final newline."""
        return b"\xef\xbb\xbf" + self.text.replace("\n", "\r\n").encode()

    def edit(self, requests: list[Json], required: str | None) -> list[Json]:
        """Apply all requests or none; answers their replies."""
        if required is not None and required != self.revision:
            raise BadEdit(
                f"The required revision ID '{required}' does not match the latest revision."
            )
        before = [tab.copied() for tab in self.tabs]
        try:
            replies = [self._apply(number, request) for number, request in enumerate(requests)]
        except BaseException:
            self.tabs = before
            raise
        self.renew()
        return replies

    def _apply(self, number: int, request: Json) -> Json:
        ((name, body),) = request.items()
        apply = getattr(self, f"_{name}", None)
        if apply is None:
            raise NotModelled(f"batchUpdate request {name}")
        reply = apply(f"Invalid requests[{number}].{name}: ", body)
        self._drop_notes()
        return {name: reply} if reply else {}

    def _segment(self, where: Json) -> Units:
        return self._tab(where.get("tabId")).segment(where.get("segmentId", ""))

    def _tab(self, tab_id: str | None) -> DocTab:
        if not tab_id:
            return self.tabs[0]
        for tab in self.all_tabs():
            if tab.tab_id == tab_id:
                return tab
        raise BadEdit(f"Tab with ID {tab_id} was not found.")

    def _insertText(self, say: str, body: Json) -> None:
        if "location" not in body:
            raise NotModelled("insertText without a location")
        units = self._segment(body["location"])
        insert(units, body["location"].get("index", 0), body.get("text", ""), say)

    def _deleteContentRange(self, say: str, body: Json) -> None:
        where = body["range"]
        start, end = where.get("startIndex", 0), where.get("endIndex", 0)
        delete(self._segment(where), start, end, say, first_stays=self.first_stays)

    def _deleteParagraphBullets(self, _say: str, body: Json) -> None:
        where = body["range"]
        units = self._segment(where)
        for at in newlines_in(units, where.get("startIndex", 0), where["endIndex"]):
            rest = {k: v for k, v in units[at].payload.items() if k != "bullet"}
            units[at] = replace(units[at], payload=rest)

    def _updateParagraphStyle(self, _say: str, body: Json) -> None:
        if body["fields"] != "namedStyleType":
            raise NotModelled(f"updateParagraphStyle of {body['fields']}")
        where = body["range"]
        units = self._segment(where)
        for at in newlines_in(units, where.get("startIndex", 0), where["endIndex"]):
            own = units[at].payload
            style = own.get("paragraphStyle", {}) | body["paragraphStyle"]
            units[at] = replace(units[at], payload=own | {"paragraphStyle": style})

    def _createParagraphBullets(self, _say: str, body: Json) -> None:
        where = body["range"]
        units = self._segment(where)
        tab = self._tab(where.get("tabId"))
        tab.lists = tab.lists | {"kix.new": {"listProperties": {"nestingLevels": [{}]}}}
        for at in newlines_in(units, where.get("startIndex", 0), where["endIndex"]):
            bullet = {"bullet": {"listId": "kix.new"}}
            units[at] = replace(units[at], payload=units[at].payload | bullet)

    def _insertPerson(self, say: str, body: Json) -> None:
        self._put(say, body["location"], {"person": {"personProperties": body["personProperties"]}})

    def _createFootnote(self, say: str, body: Json) -> Json:
        tab = self._tab(body["location"].get("tabId"))
        note_id, number = "kix.note" + secrets.token_hex(4), str(len(tab.footnotes) + 1)
        tab.footnotes[note_id] = chars(" \n")
        mark = {"footnoteId": note_id, "footnoteNumber": number}
        self._put(say, body["location"], {"footnoteReference": mark})
        return {"footnoteId": note_id}

    def _put(self, say: str, where: Json, payload: Json) -> None:
        units, index = self._segment(where), where.get("index", 0)
        if index >= len(units) or not units[index].in_paragraph:
            raise BadEdit(say + "The insertion index must be inside an existing paragraph.")
        units.insert(index, Unit("object", payload=payload))

    def _addDocumentTab(self, _say: str, body: Json) -> Json:
        own = body["tabProperties"]
        tab = DocTab(plain_body(""), f"t.{secrets.token_hex(4)}", own.get("title", "Untitled"))
        self.tabs.append(tab)
        return {"tabProperties": {"tabId": tab.tab_id, "title": tab.title}}

    def _deleteTab(self, say: str, body: Json) -> None:
        tab = self._tab(body["tabId"])
        if tab is self.tabs[0] and len(self.tabs) == 1:
            raise BadEdit(say + "The last tab cannot be deleted.")
        for tabs in [self.tabs, *(one.children for one in self.all_tabs())]:
            if tab in tabs:
                tabs.remove(tab)

    def _deleteHeader(self, _say: str, body: Json) -> None:
        del self._tab(body.get("tabId")).headers[body["headerId"]]

    def _deleteFooter(self, _say: str, body: Json) -> None:
        del self._tab(body.get("tabId")).footers[body["footerId"]]

    def _drop_notes(self) -> None:
        """A footnote goes with its mark."""
        for tab in self.all_tabs():
            marks = {
                unit.payload["footnoteReference"]["footnoteId"]
                for unit in tab.body
                if "footnoteReference" in unit.payload
            }
            tab.footnotes = {k: v for k, v in tab.footnotes.items() if k in marks}


def imported(media: bytes, newline: str = "keep") -> str:
    """The text that an import of text/plain makes of an upload; what becomes of a last newline is
    not known: a mode."""
    text = media.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    text = STRIPPED.sub("", text)
    if newline == "drop":
        return text.removesuffix("\n")
    return text + "\n" if newline == "add" else text
