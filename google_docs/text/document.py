"""documents.get, read into pieces: everything that a person can see, in order."""

import re
from collections import Counter
from typing import Any

from google_docs.text import elements
from google_docs.text.canonical import units
from google_docs.text.numbering import Lists
from google_docs.text.pieces import (
    BULLET,
    END,
    HIDDEN,
    NEWLINE,
    NORMAL,
    NUMBER,
    SOFT,
    TEXT,
    Container,
    Paragraph,
    Piece,
    Reading,
    Tab,
)  # fmt: skip

Json = dict[str, Any]
# Runs of text, ends of paragraphs, soft breaks, what shows as nothing, and the private use area,
# from which Docs takes U+E907 for objects that the API does not describe.
_PARTS = re.compile(
    "(?P<text>[^\n\v\u0000-\u0008\u000c-\u001f\ufeff\ue000-\uf8ff]+)|(?P<newline>\n)"
    "|(?P<soft>\v)|(?P<hidden>[\u0000-\u0008\u000c-\u001f\ufeff])|(?P<object>[\ue000-\uf8ff])"
)
OBJECT = "\ufffc"
FORMATS = ("bold", "italic", "strikethrough", "smallCaps")


def read(document: Json) -> Reading:
    """The text of a document with all its tabs. KeyError and the like for another shape."""
    found = _Reader()
    tabs = list(_flat(document["tabs"], ""))
    for number, (title, tab) in enumerate(tabs):
        found.tab(tab, title, number if len(tabs) > 1 else None)
    found.lossy["suggestion"] += len(found.suggestions)
    # Without what was not met.
    found.lossy += Counter()
    inline = document.get("suggestionsViewMode") == "SUGGESTIONS_INLINE"
    return Reading(found.tabs, found.lossy, document.get("revisionId"), inline)


def _flat(tabs: list[Json], above: str) -> Any:
    """The tabs in the order in which they are shown, each with its path of titles."""
    for tab in tabs:
        title = above + tab.get("tabProperties", {}).get("title", "")
        yield title, tab
        yield from _flat(tab.get("childTabs", []), title + " / ")


class _Reader:
    """Collects the pieces of one tab after the other."""

    def __init__(self) -> None:
        self.tabs: list[Tab] = []
        self.lossy: Counter[str] = Counter()
        self.suggestions: set[str] = set()
        self.pieces: list[Piece] = []

    def tab(self, tab: Json, title: str, number: int | None) -> None:
        own, inner = tab.get("tabProperties", {}), tab["documentTab"]
        made = Tab(own.get("tabId", ""), title, nested="parentTabId" in own)
        self.made, self.lists = made, Lists(inner.get("lists", {}))
        self.objects = {
            name: one.get(f"{kind}Properties", {}).get("embeddedObject", {})
            for kind in ("inlineObject", "positionedObject")
            for name, one in inner.get(f"{kind}s", {}).items()
        }
        if number is not None:
            lines = ["\n"] * bool(number) + [f"[Tab: {title}]", "\n"]
            made.heading = [Piece(line, "tab", 0, 0) for line in lines]
        self.pieces = made.body
        self.content(inner["body"]["content"], Container("body", made.tab_id))
        self.pieces = made.after
        self._behind(inner)
        self.tabs.append(made)

    def _behind(self, inner: Json) -> None:
        """Headers, footers and footnotes are shown behind the body, those with any text."""
        tab = self.made
        for kind, ids in (("header", tab.headers), ("footer", tab.footers)):
            for name, part in inner.get(f"{kind}s", {}).items():
                ids.append(name)
                self._segment(kind, f"[{kind}] ", name, part.get("content", []))
        for name, number in tab.notes:
            part = inner.get("footnotes", {}).get(name, {})
            self._segment("note", f"[^{number}]: ", name, part.get("content", []))

    def _segment(self, kind: str, label: str, name: str, content: list[Json]) -> None:
        before = len(self.pieces)
        self.pieces.append(Piece(label, kind, 0, 0))
        self.content(content, Container(kind, self.made.tab_id, name))
        if not "".join(piece.text for piece in self.pieces[before + 1 :]).strip():
            del self.pieces[before:]
        elif kind != "note":
            self.lossy[kind] += 1

    # Structural elements

    def content(self, content: list[Json], place: Container, closing: str = "\n") -> None:
        """The elements of one place; `closing` is shown for its last newline."""
        for at, element in enumerate(content):
            last = at + 1 == len(content)
            after = "" if last else _structure(content[at + 1])
            if "paragraph" in element:
                self._paragraph(element, place, after, closing if last else None)
            elif "table" in element:
                self._table(element, place)
            elif "tableOfContents" in element:
                self._contents(element)
            elif element.get("startIndex", 0) > 0 and "sectionBreak" in element:
                self._other("section_break", "", element)

    def _other(
        self, kind: str, text: str, element: Json, paragraph: Paragraph | None = None
    ) -> None:
        self.lossy[kind] += 1
        start, end = element.get("startIndex", 0), element["endIndex"]
        self.pieces.append(Piece(text, kind, start, end, paragraph))

    def _contents(self, element: Json) -> None:
        inside, self.pieces = self.pieces, []
        self.content(element["tableOfContents"].get("content", []), Container("contents", ""))
        text = "".join(piece.text for piece in self.pieces)
        self.pieces = inside
        self.lossy["table_of_contents"] += 1
        start, end = element.get("startIndex", 0), element["endIndex"]
        for line in re.findall(r"[^\n]+|\n", text):
            self.pieces.append(Piece(line, "table_of_contents", start, end))

    def _table(self, element: Json, place: Container) -> None:
        table = element["table"]
        if self._suggested(table):
            self._hidden(element)
            return
        self.lossy["table"] += 1
        for row in table.get("tableRows", []):
            if self._suggested(row):
                self._hidden(row)
                continue
            cells = [cell for cell in row.get("tableCells", []) if not self._suggested(cell)]
            for at, cell in enumerate(cells):
                closing = "\n" if at + 1 == len(cells) else "\t"
                self.content(cell["content"], Container("cell", place.tab, place.segment), closing)

    def _suggested(self, part: Json) -> bool:
        """Whether this is only suggested to be inserted: shown to nobody who reads."""
        self.suggestions.update(part.get("suggestedDeletionIds", []))
        ids = part.get("suggestedInsertionIds", [])
        self.suggestions.update(ids)
        return bool(ids)

    def _hidden(self, element: Json) -> None:
        start, end = element.get("startIndex", 0), element["endIndex"]
        self.pieces.append(Piece("", "suggestion", start, end))

    # Paragraphs

    def _paragraph(self, element: Json, place: Container, after: str, closing: str | None) -> None:
        inner = element["paragraph"]
        style = inner.get("paragraphStyle", {}).get("namedStyleType", NORMAL)
        bullet = inner.get("bullet")
        start, end = element.get("startIndex", 0), element["endIndex"]
        item = (
            (bullet.get("listId", ""), bullet.get("nestingLevel", 0))
            if bullet is not None
            else None
        )
        paragraph = Paragraph(place, start, end, style, item, after)
        if bullet is not None:
            prefix, numbered = self.lists.prefix(bullet)
            self.lossy["list_item"] += 1
            if self._at_line_start():
                self.pieces.append(
                    Piece(prefix, NUMBER if numbered else BULLET, start, start, paragraph)
                )
        for object_id in inner.get("positionedObjectIds", []):
            kind, text = elements.image(object_id, self.objects)
            self.lossy[kind] += 1
            self.pieces.append(Piece(text, kind, start, start, paragraph))
        before = len(self.pieces)
        for part in inner.get("elements", []):
            if "textRun" in part:
                self._run(part, paragraph, closing)
            else:
                self._element(part, paragraph)
        if style not in {NORMAL, "NAMED_STYLE_TYPE_UNSPECIFIED"} and any(
            piece.text.strip() for piece in self.pieces[before:]
        ):
            self.lossy["heading"] += 1

    def _at_line_start(self) -> bool:
        shown = next((piece.text for piece in reversed(self.pieces) if piece.text), "\n")
        return shown[-1] in "\n\t"

    def _run(self, part: Json, paragraph: Paragraph, closing: str | None) -> None:
        run = part["textRun"]
        text, start = run.get("content", ""), part.get("startIndex", 0)
        style = run.get("textStyle", {})
        self.lossy["link"] += "link" in style
        self.lossy["formatting"] += any(style.get(name) for name in FORMATS)
        if self._suggested(run):
            self.pieces.append(Piece("", "suggestion", start, part["endIndex"], paragraph))
            return
        doomed = "suggestion" if run.get("suggestedDeletionIds") else None
        if units(text) != part["endIndex"] - start:
            # Where it stands cannot be told: it is left alone.
            doomed = "unknown"
        for match in _PARTS.finditer(text):
            kind, found = match.lastgroup or TEXT, match[0]
            end = start + units(found)
            self._part(kind, found, (start, end), paragraph, closing, doomed)
            start = end

    def _part(
        self, kind: str, text: str, where: tuple[int, int], paragraph: Paragraph,
        closing: str | None, doomed: str | None,
    ) -> None:  # fmt: skip
        start, end = where
        if kind == NEWLINE and end == paragraph.end and closing is not None:
            kind, text = END, closing
        elif kind == SOFT:
            text = "\n"
        elif kind == HIDDEN:
            text = ""
        elif kind == "object":
            text = OBJECT
            self.lossy["object"] += 1
        self.pieces.append(Piece(text, doomed or kind, start, end, paragraph))

    def _element(self, part: Json, paragraph: Paragraph) -> None:
        if self._suggested(elements.content(part)):
            self.pieces.append(
                Piece("", "suggestion", part.get("startIndex", 0), part["endIndex"], paragraph)
            )
            return
        kind, text = elements.shown(part, self.objects)
        self._other(kind, text, part, paragraph)
        if "footnoteReference" in part and paragraph.place.kind != "contents":
            note = part["footnoteReference"]
            self.made.notes.append((note.get("footnoteId", ""), note.get("footnoteNumber", "?")))


def _structure(element: Json) -> str:
    """The structure that the newline before it belongs to; empty for a paragraph."""
    for name, kind in (
        ("table", "table"), ("tableOfContents", "table_of_contents"),
        ("sectionBreak", "section_break"),
    ):  # fmt: skip
        if name in element:
            return kind
    return ""
