"""Documents and edits drawn at random: no edit takes structure away unseen."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from google_docs.tests.text import corpus
from google_docs.tests.text.corpus import body, image, p, person, run, table, thing
from google_docs.tests.text.structures import reading_of, structure_of
from google_docs.text.canonical import canonical
from google_docs.text.edits import plan
from google_docs.text.rewriting import forced
from testing import effort
from testing.google.document import DocTab, Document

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


@settings(max_examples=effort.at_most(60), deadline=None)
@given(st.data())
def test_any_edit_gives_the_wanted_text_and_keeps_all_structure_or_is_refused(data):
    document = data.draw(_documents())
    found, before = reading_of(document), structure_of(document)
    wanted = data.draw(_edited(found.text))
    assume(wanted.strip())
    made = plan(found, wanted)
    if made.conflicts:
        assert made.requests == []
        return
    document.edit(made.requests, found.revision)
    after = reading_of(document)
    assert after.text == wanted, (found.text, made.requests, found.tabs)
    assert structure_of(document) == before


@settings(max_examples=effort.at_most(30), deadline=None)
@given(st.data())
def test_an_edit_of_text_alone_is_never_refused(data):
    document = data.draw(_documents())
    found = reading_of(document)
    pieces = [q for tab in found.tabs for q in tab.pieces if q.kind == "text" and q.text.strip()]
    assume(pieces)
    piece = data.draw(st.sampled_from(pieces))
    assume(found.text.count(piece.text) == 1)
    wanted = found.text.replace(piece.text, "[" + piece.text + "]")
    made = plan(found, wanted)
    assert not made.conflicts, (found.text, wanted, made.conflicts)
    before = structure_of(document)
    document.edit(made.requests, found.revision)
    assert reading_of(document).text == wanted
    assert structure_of(document) == before


@settings(max_examples=effort.at_most(30), deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_replaces_any_other(old, new):
    wanted = canonical(new)
    assume(wanted.strip())
    document = Document(canonical(old))
    found = reading_of(document)
    made = plan(found, wanted)
    assert not made.conflicts
    if made.requests:
        document.edit(made.requests, document.revision)
    assert reading_of(document).text == wanted


@settings(max_examples=effort.at_most(30), deadline=None)
@given(st.data())
def test_what_is_forced_is_the_wanted_text(data):
    document = data.draw(_documents())
    found = reading_of(document)
    wanted = data.draw(_edited(found.text))
    assume(wanted.strip())
    requests = forced(found, wanted).requests
    if requests:
        document.edit(requests, found.revision)
    got = reading_of(document).text
    if len(found.tabs) == 1:
        assert got == wanted, (found.text, requests, found.tabs)
    else:
        # A line before the title of the first tab has no place there.
        assert sorted(got.split()) == sorted(wanted.split())
