"""Documents as people make them in Google's editor, and the text that each should be.

They are made of the double's units, so that documents.get of them has Google's shape: the tests
check each against the schema of the discovery document.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from testing.google.document import DocTab, Document
from testing.google.units import Unit, Units, chars

Part = str | Units
NUMBERS = {
    "listProperties": {
        "nestingLevels": [
            {"glyphType": "DECIMAL", "glyphFormat": "%0.", "startNumber": 1},
            {"glyphType": "ALPHA", "glyphFormat": "%1.", "startNumber": 1},
            {"glyphType": "ROMAN", "glyphFormat": "(%2)", "startNumber": 1},
        ]
    }
}
DOTS = {
    "listProperties": {
        "nestingLevels": [
            {"glyphSymbol": "●", "glyphFormat": "%0"}, {"glyphSymbol": "○", "glyphFormat": "%1"},
        ]
    }
}  # fmt: skip
LISTS = {"kix.numbers": NUMBERS, "kix.dots": DOTS}


def run(text: str, **style: Any) -> Units:
    """Characters with a style."""
    return chars(text, style)


def suggested(text: str, *, insertion: bool) -> Units:
    """Characters that somebody suggested to insert or to delete."""
    kind = "suggestedInsertionIds" if insertion else "suggestedDeletionIds"
    return chars(text, None, {kind: ["suggest.1" if insertion else "suggest.2"]})


def thing(name: str, size: int = 1, **member: Any) -> Units:
    """A chip, a note, an image: a paragraph element that is no text run."""
    return [Unit("object", payload={name: member})] + [Unit("more") for _ in range(size - 1)]


def person(name: str = "", email: str = "jun@example.com") -> Units:
    own = {"email": email} | ({"name": name} if name else {})
    return thing("person", personId="kix.p", personProperties=own)


def note(number: int) -> Units:
    return thing("footnoteReference", footnoteId=f"kix.fn{number}", footnoteNumber=str(number))


def image(object_id: str) -> Units:
    return thing("inlineObjectElement", inlineObjectId=object_id)


def p(*parts: Part, style: str = "", bullet: tuple[str, int] | None = None, **more: Any) -> Units:
    """A paragraph; `bullet` is its list and its level."""
    own: dict[str, Any] = dict(more)
    if style:
        own["paragraphStyle"] = {"namedStyleType": style}
    if bullet:
        own["bullet"] = {"listId": f"kix.{bullet[0]}"} | (
            {"nestingLevel": bullet[1]} if bullet[1] else {}
        )
    inner = [unit for part in parts for unit in (chars(part) if isinstance(part, str) else part)]
    return [*inner, Unit("char", "\n", own)]


def table(rows: list[list[Units]]) -> Units:
    """A table of cells, each of which holds paragraphs."""
    units = [Unit("table", payload={"tableStyle": {}})]
    for row in rows:
        units.append(Unit("row"))
        for cell in row:
            units += [Unit("cell"), *cell]
    return [*units, Unit("end_table")]


def contents(*paragraphs: Units) -> Units:
    inner = [unit for paragraph in paragraphs for unit in paragraph]
    return [Unit("toc"), *inner, Unit("end_toc")]


def section() -> Units:
    return [Unit("section", payload={"sectionStyle": {"sectionType": "CONTINUOUS"}})]


def body(*blocks: Units) -> Units:
    return [Unit("section"), *(unit for block in blocks for unit in block)]


def tab(*blocks: Units, **more: Any) -> DocTab:
    return DocTab(body(*blocks), **{"lists": LISTS, **more})


@dataclass(frozen=True)
class Case:
    """A document, its text, and what plain text cannot hold of it."""

    tabs: Callable[[], list[DocTab]]
    text: str
    lossy: dict[str, int] = field(default_factory=dict)

    def document(self) -> Document:
        return Document(tabs=self.tabs())


def _objects() -> dict[str, Any]:
    def one(kind: str, **embedded: Any) -> dict[str, Any]:
        return {f"{kind}Properties": {"embeddedObject": embedded}}

    picture = {"imageProperties": {"contentUri": "https://lh3.example.com/x"}}
    return {
        "inlineObjects": {
            "kix.i1": one("inlineObject", title="A map  of\nSeoul", **picture),
            "kix.i2": one("inlineObject", **picture),
            "kix.i3": one("inlineObject", embeddedDrawingProperties={}),
            "kix.i4": one("inlineObject", linkedContentReference={}),
        },
        "positionedObjects": {"kix.f1": one("positionedObject", **picture)},
    }


CORPUS: dict[str, Case] = {
    "tables": Case(
        lambda: [tab(
            p("Before"),
            table([[p("A1"), p("B1")], [p("A2") + p("more"), p("B2")]]),
            p("Between"),
            table([[p("") + table([[p("x"), p("y")]]) + p("z"), p("")]]),
            p("After"),
        )],
        "Before\nA1\tB1\nA2\nmore\tB2\nBetween\n\nx\ty\nz\t\nAfter",
        {"table": 3},
    ),
    "nested lists": Case(
        lambda: [tab(
            p("Plan", style="HEADING_1"),
            p("one", bullet=("numbers", 0)), p("sub", bullet=("numbers", 1)),
            p("deep", bullet=("numbers", 2)), p("sub two", bullet=("numbers", 1)),
            p("two", bullet=("numbers", 0)), p("again", bullet=("numbers", 1)),
            p("plain"),
            p("dot", bullet=("dots", 0)), p("ring", bullet=("dots", 1)),
            p("three", bullet=("numbers", 0)),
        )],
        "Plan\n1. one\n  a. sub\n    (i) deep\n  b. sub two\n2. two\n  a. again\nplain\n- dot\n"
        "  - ring\n3. three",
        {"list_item": 9, "heading": 1},
    ),
    "chips": Case(
        lambda: [tab(p(
            "Ask ", person("Mina Kim"), " and ", person(), " on ",
            thing("dateElement", dateId="kix.d",
                  dateElementProperties={"displayText": "Nov 30, 2026",
                                         "timestamp": "2026-11-30T00:00:00Z"}),
            " about ",
            thing("richLink", richLinkId="kix.r",
                  richLinkProperties={"title": "Budget\n2026", "uri": "https://example.com/b"}),
            ", ",
            thing("richLink", richLinkId="kix.s",
                  richLinkProperties={"uri": "https://example.com/x"}),
            " ", thing("dropdown"),
        ))],
        "Ask Mina Kim and jun@example.com on Nov 30, 2026 about Budget 2026, "
        "https://example.com/x [dropdown]",
        {"person": 2, "date": 1, "rich_link": 2, "dropdown": 1},
    ),
    "footnotes": Case(
        lambda: [tab(
            p("A fact", note(1), " and another", note(2), "."), p("The end"),
            footnotes={"kix.fn1": p(" First source"), "kix.fn2": p(" Second"),},
        )],
        "A fact[^1] and another[^2].\nThe end\n[^1]:  First source\n[^2]:  Second",
        {"footnote": 2},
    ),
    "headers and footers": Case(
        lambda: [tab(
            p("Body text"),
            headers={"kix.h": p("Confidential"), "kix.empty": p("")},
            footers={"kix.f": p("Page ", thing("autoText", type="PAGE_NUMBER"), " of ",
                                thing("autoText", type="PAGE_COUNT"))},
        )],
        "Body text\n[header] Confidential\n[footer] Page [page number] of [page count]",
        {"header": 1, "footer": 1, "auto_text": 2},
    ),
    "images": Case(
        lambda: [DocTab(
            body(
                p("Here ", image("kix.i1"), " and ", image("kix.i2")),
                p(image("kix.i3"), image("kix.i4")),
                p("with a picture beside", positionedObjectIds=["kix.f1"]),
                p(thing("horizontalRule")), p("below"),
            ),
            objects=_objects(),
        )],
        "Here [image: A map of Seoul] and [image]\n[drawing][chart]\n[image]with a picture beside\n"
        "---\nbelow",
        {"image": 3, "drawing": 1, "chart": 1, "horizontal_rule": 1},
    ),
    "equations": Case(
        lambda: [tab(p("Area ", thing("equation", size=5), " done"), p("Q.E.D."))],
        "Area [equation] done\nQ.E.D.",
        {"equation": 1},
    ),
    "three tabs": Case(
        lambda: [
            tab(p("first"), tab_id="t.1", title="One"),
            tab(p("second"), table([[p("cell")]]), p("end"), tab_id="t.2", title="Two",
                children=[tab(p("third"), tab_id="t.3", title="Inner")]),
        ],
        "[Tab: One]\nfirst\n\n[Tab: Two]\nsecond\ncell\nend\n\n[Tab: Two / Inner]\nthird",
        {"table": 1},
    ),
    "suggestions": Case(
        lambda: [tab(
            p("Keep ", suggested("new ", insertion=True), "and ",
              suggested("old ", insertion=False), "words"),
            suggested("A whole line\n", insertion=True),
            p("Last"),
        )],
        "Keep and old words\nLast",
        {"suggestion": 2},
    ),
    "breaks and a table of contents": Case(
        lambda: [tab(
            p("Title", style="TITLE"),
            contents(p("Chapter\t1"), p("Annex\t2")),
            p("Chapter", thing("pageBreak")), section(),
            p("left", thing("columnBreak"), "right"), p("Annex"),
        )],
        "Title\nChapter\t1\nAnnex\t2\nChapter\nleftright\nAnnex",
        {"heading": 1, "table_of_contents": 1, "page_break": 1, "section_break": 1,
         "column_break": 1},
    ),
    "soft breaks and placeholders": Case(
        lambda: [tab(p("soft\vbreak"), p("an \ue907 object"), p("no\ufeffthing"), p("\tindented"))],
        "soft\nbreak\nan \ufffc object\nnothing\n\tindented",
        {"object": 1},
    ),
    "scripts": Case(
        lambda: [tab(
            p("👩‍👩‍👧 family, 👍🏽 and \U0001d11e"), p("한국어 가나다, ก็ Thai, e\u0301"),
            p("שלום עולם \u200fמימין"), p("مرحبا ", person("Mina"), " بالعالم"),
        )],
        "👩‍👩‍👧 family, 👍🏽 and \U0001d11e\n한국어 가나다, ก็ Thai, e\u0301\n"
        "שלום עולם \u200fמימין\nمرحبا Mina بالعالم",
        {"person": 1},
    ),
    "styles": Case(
        lambda: [tab(
            p("Head", style="HEADING_2"),
            p(run("bold", bold=True), " and a ",
              run("link", link={"url": "https://example.com"}, underline=True), "."),
            p(""), p("plain"),
        )],
        "Head\nbold and a link.\n\nplain",
        {"heading": 1, "formatting": 1, "link": 1},
    ),
}  # fmt: skip
