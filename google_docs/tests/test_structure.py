"""Documents that people made: the whole truth is read, and a change leaves the rest as it was."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from google_docs.tests import corpus
from google_docs.tests.corpus import CORPUS, body, image, p, person, run, table, thing
from google_docs.text.canonical import canonical
from google_docs.text.document import read
from google_docs.text.edits import plan
from google_docs.text.pieces import Reading
from google_docs.text.rewriting import forced
from testing.google.document import DocTab, Document
from testing.google.server import BOOK

INLINE, PREVIEW = "SUGGESTIONS_INLINE", "PREVIEW_WITHOUT_SUGGESTIONS"
GET, _, _ = BOOK.find("GET", "/v1/documents/x")


def _told(document: Document, view: str = INLINE) -> dict[str, Any]:
    told = {"documentId": "x", "revisionId": document.revision, "suggestionsViewMode": view}
    return told | document.show(view, tabs=True)


def _read(document: Document, view: str = INLINE) -> Reading:
    return read(_told(document, view))


def _structure(document: Document) -> list[str]:
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


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("view", [INLINE, PREVIEW])
def test_reading_tells_all_that_a_person_sees(name, view):
    case = CORPUS[name]
    told = _told(case.document(), view)
    BOOK.check_answer(GET, told)
    found = read(told)
    assert found.text == case.text
    lossy = dict(case.lossy)
    if view == PREVIEW:
        lossy.pop("suggestion", None)  # Google does not tell of any
    assert dict(found.lossy) == lossy
    assert canonical(found.text) == found.text


@pytest.mark.parametrize("first_stays", [False, True])
@pytest.mark.parametrize("name", CORPUS)
def test_a_line_that_is_added_leaves_every_structure_as_it_was(name, first_stays):
    document = CORPUS[name].document()
    document.first_stays = first_stays
    before, found = _structure(document), _read(document)
    wanted = found.text + "\nan added line 👍🏽"
    made = plan(found, wanted)
    assert not made.conflicts
    document.edit(made.requests, found.revision)
    after = _read(document)
    assert sorted(after.text.split("\n")) == sorted(wanted.split("\n"))
    if not found.tabs[-1].after:  # else the line is put at the end of the body
        assert after.text == wanted
    assert _structure(document) == before
    assert dict(after.lossy) == dict(found.lossy)


@pytest.mark.parametrize("name", CORPUS)
def test_another_text_is_refused_where_it_costs_structure_and_forced_it_is_all_there_is(name):
    document = CORPUS[name].document()
    found = _read(document)
    made = plan(found, "another text\nentirely")
    lasting = set(found.lossy) - {"list_item", "heading", "formatting", "link", "auto_text"}
    assert bool(made.conflicts) == bool(lasting or len(found.tabs) > 1)
    assert not made.conflicts or not made.requests
    document.edit(forced(found, "another text\nentirely").requests, found.revision)
    assert _read(document).text == "another text\nentirely"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("tables", "B2", "B2, changed"),
        ("nested lists", "2. two\n", ""),
        ("nested lists", "  b. sub two\n", ""),
        ("nested lists", "plain\n", "plain\nanother\n"),
        ("chips", " and ", " or perhaps "),
        ("chips", "Ask ", ""),
        ("footnotes", "A fact", "One fact"),
        ("footnotes", "Second", "Another"),
        ("headers and footers", "Confidential", "Public"),
        ("images", "and", "und"),
        ("equations", " done", ", q.e.d."),
        ("three tabs", "second", "2nd"),
        ("three tabs", "third", "third\nand fourth"),
        ("suggestions", "words", "letters"),
        ("breaks and a table of contents", "right", "wrong"),
        ("soft breaks and placeholders", "soft\n", "soft\nand softer\n"),
        ("scripts", "family", "familie"),
        ("scripts", "👩‍👩‍👧", "👩‍👩‍👦"),
        ("scripts", "👍🏽", "👍🏿"),
        ("scripts", "e\u0301", "e"),
        ("styles", "Head\n", "Head\nunder it\n"),
    ],
)
@pytest.mark.parametrize("first_stays", [False, True])
def test_a_change_between_structures_keeps_them(name, old, new, first_stays):
    document = CORPUS[name].document()
    document.first_stays = first_stays
    before, found = _structure(document), _read(document)
    assert found.text.count(old) >= 1
    wanted = found.text.replace(old, new, 1)
    made = plan(found, wanted)
    assert not made.conflicts
    document.edit(made.requests, found.revision)
    after = _read(document)
    kept = [one for one in _structure(document) if "footnotes" not in one and "headers" not in one]
    assert kept == [one for one in before if "footnotes" not in one and "headers" not in one]
    if old == "2. two\n":
        assert after.text != wanted  # Google counts anew
        assert len(after.text.split("\n")) == len(wanted.split("\n"))
        assert not plan(after, wanted).requests
    else:
        assert after.text == wanted


@pytest.mark.parametrize(
    ("name", "old", "new", "kind"),
    [
        ("tables", "A1\tB1\n", "", "table"),
        ("tables", "A1\tB1", "A1 B1", "table"),
        ("tables", "Between\n", "", "table"),
        ("tables", "A1\tB1\nA2", "A1\tB1\nnew\tnew\nA2", "table"),
        ("chips", "Mina Kim", "Mina Lee", "person"),
        ("chips", "Nov 30, 2026", "tomorrow", "date"),
        ("footnotes", "[^1]", "", "footnote"),
        ("images", "[image: A map of Seoul]", "", "image"),
        ("equations", "[equation]", "x²", "equation"),
        ("three tabs", "[Tab: Two]", "[Tab: 2]", "tab"),
        ("suggestions", "old ", "", "suggestion"),
        ("breaks and a table of contents", "Annex\t2", "Annex", "table_of_contents"),
        ("soft breaks and placeholders", "\ufffc", "", "object"),
    ],
)
def test_a_change_that_cuts_structure_is_refused_by_its_name(name, old, new, kind):
    found = _read(CORPUS[name].document())
    made = plan(found, found.text.replace(old, new, 1))
    assert kind in made.conflicts
    assert made.requests == []


def test_new_paragraphs_are_no_list_items_and_no_headings():
    tab = DocTab(
        body(p("Head", style="HEADING_1"), p("item", bullet=("dots", 0)), p("last",
             bullet=("dots", 0), style="HEADING_2")),
        lists=corpus.LISTS,
    )  # fmt: skip
    document = Document(tabs=[tab])
    found = _read(document)
    wanted = "Head\nunder\n- item\nbetween\n- last\nend"
    document.edit(plan(found, wanted).requests, found.revision)
    assert _read(document).text == wanted
    assert _read(document).lossy == found.lossy


def test_nothing_is_put_behind_a_bullet_that_is_wanted_before_it():
    """Found by the random edits: a list in the second cell of a row."""
    cells = table([[p("a"), p("b", bullet=("dots", 0))]])
    found = _read(Document(tabs=[DocTab(body(p("top"), cells, p("end")), lists=corpus.LISTS)]))
    assert found.text == "top\na\t- b\nend"
    assert plan(found, "top\na\tx- b\nend").conflicts == {"list_item": 1}


def test_a_sign_that_a_page_break_divides_is_written_around():
    """Found by the random edits: an accent behind a break belongs to the letter before it."""
    for old, new in (("a", "[a]"), ("bad", "bed"), ("a", "xa")):
        document = Document(tabs=[DocTab(body(p(old, thing("pageBreak"), "\u0301 end")))])
        before, found = _structure(document), _read(document)
        wanted = f"{new}\u0301 end"
        document.edit(plan(found, wanted).requests, found.revision)
        assert _read(document).text == wanted
        assert _structure(document) == before


def test_a_bullet_that_is_taken_away_in_the_text_is_taken_away():
    document = CORPUS["nested lists"].document()
    found = _read(document)
    wanted = found.text.replace("- dot", "* dot")
    document.edit(plan(found, wanted).requests, found.revision)
    assert _read(document).text == wanted
    assert _read(document).lossy["list_item"] == found.lossy["list_item"] - 1


# Random documents and random edits

WORDS = st.text(st.sampled_from("ab é한국👍🏽\u200d👩‍e\u0301ש.,"), min_size=0, max_size=12)
ATOMS = st.sampled_from(["person", "image", "footnote", "equation", "page"])


def _atom(kind: str) -> Any:
    return {
        "person": lambda: person("Mina"),
        "image": lambda: image("kix.i2"),
        "footnote": lambda: thing("richLink", richLinkProperties={"title": "Plan"}),
        "equation": lambda: thing("equation", size=3),
        "page": lambda: thing("pageBreak"),
    }[kind]()


@st.composite
def _paragraph(draw: Any) -> Any:
    parts: list[Any] = []
    for _ in range(draw(st.integers(0, 3))):
        parts.append(run(draw(WORDS).replace("\n", ""), bold=draw(st.booleans())))
        if draw(st.booleans()):
            parts.append(_atom(draw(ATOMS)))
        if draw(st.integers(0, 5)) == 0:
            parts.append("\v")
    style = draw(st.sampled_from(["", "", "", "HEADING_1"]))
    bullet = draw(st.sampled_from([None, None, ("dots", 0), ("dots", 1)]))
    return p(*parts, style=style, bullet=bullet)


@st.composite
def _blocks(draw: Any) -> Any:
    blocks = [draw(_paragraph())]
    for _ in range(draw(st.integers(0, 5))):
        if draw(st.integers(0, 4)) == 0:
            cells = draw(st.integers(1, 3))
            rows = draw(st.integers(1, 2))
            blocks.append(table([[draw(_paragraph()) for _ in range(cells)] for _ in range(rows)]))
            blocks.append(draw(_paragraph()))
        else:
            blocks.append(draw(_paragraph()))
    return blocks


@st.composite
def _documents(draw: Any) -> Document:
    tabs = [
        DocTab(body(*draw(_blocks())), tab_id=f"t.{n}", title=f"Tab {n}", lists=corpus.LISTS,
               objects={"inlineObjects": {"kix.i2": {}}})
        for n in range(draw(st.sampled_from([1, 1, 2])))
    ]  # fmt: skip
    document = Document(tabs=tabs)
    document.first_stays = draw(st.booleans())
    return document


@st.composite
def _edited(draw: Any, text: str) -> str:
    for _ in range(draw(st.integers(1, 3))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        what = draw(st.sampled_from(["word", "insert", "delete", "append", "splice"]))
        if what == "word":
            words = lines[at].split(" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(WORDS)
            lines[at] = " ".join(words)
        elif what == "insert":
            lines.insert(at, draw(WORDS))
        elif what == "delete" and len(lines) > 1:
            del lines[at]
        elif what == "append":
            lines[at] += draw(WORDS)
        else:
            start = draw(st.integers(0, len(text)))
            end = draw(st.integers(start, min(len(text), start + 6)))
            lines = (text[:start] + draw(WORDS) + text[end:]).split("\n")
        text = canonical("\n".join(lines))
    return text


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_edit_gives_the_wanted_text_and_keeps_all_structure_or_is_refused(data):
    document = data.draw(_documents())
    found, before = _read(document), _structure(document)
    wanted = data.draw(_edited(found.text))
    assume(wanted.strip())
    made = plan(found, wanted)
    if made.conflicts:
        assert made.requests == []
        return
    document.edit(made.requests, found.revision)
    after = _read(document)
    assert after.text == wanted, (found.text, made.requests, found.tabs)
    assert _structure(document) == before


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_an_edit_of_text_alone_is_never_refused(data):
    document = data.draw(_documents())
    found = _read(document)
    pieces = [q for tab in found.tabs for q in tab.pieces if q.kind == "text" and q.text.strip()]
    assume(pieces)
    piece = data.draw(st.sampled_from(pieces))
    assume(found.text.count(piece.text) == 1)
    wanted = found.text.replace(piece.text, "[" + piece.text + "]")
    made = plan(found, wanted)
    assert not made.conflicts, (found.text, wanted, made.conflicts)
    before = _structure(document)
    document.edit(made.requests, found.revision)
    assert _read(document).text == wanted
    assert _structure(document) == before


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_replaces_any_other(old, new):
    wanted = canonical(new)
    assume(wanted.strip())
    document = Document(canonical(old))
    found = _read(document)
    made = plan(found, wanted)
    assert not made.conflicts
    if made.requests:
        document.edit(made.requests, document.revision)
    assert _read(document).text == wanted


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_what_is_forced_is_the_wanted_text(data):
    document = data.draw(_documents())
    found = _read(document)
    wanted = data.draw(_edited(found.text))
    assume(wanted.strip())
    requests = forced(found, wanted).requests
    if requests:
        document.edit(requests, found.revision)
    got = _read(document).text
    if len(found.tabs) == 1:
        assert got == wanted, (found.text, requests, found.tabs)
    else:  # a line before the title of the first tab has no place there
        assert sorted(got.split()) == sorted(wanted.split())
