"""Documents that people made: the whole truth is read, and a change leaves the rest as it was."""

import pytest

from google_docs.tests.text import corpus
from google_docs.tests.text.corpus import CORPUS, body, p, table, thing
from google_docs.tests.text.structures import (
    GET,
    INLINE,
    PREVIEW,
    reading_of,
    structure_of,
    told_of,
)
from google_docs.text.canonical import canonical
from google_docs.text.document import read
from google_docs.text.edits import plan
from google_docs.text.rewriting import forced
from testing.google.document import DocTab, Document
from testing.google.server import BOOK


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("view", [INLINE, PREVIEW])
def test_reading_tells_all_that_a_person_sees(name, view):
    case = CORPUS[name]
    told = told_of(case.document(), view)
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
    before, found = structure_of(document), reading_of(document)
    wanted = found.text + "\nan added line 👍🏽"
    made = plan(found, wanted)
    assert not made.conflicts
    document.edit(made.requests, found.revision)
    after = reading_of(document)
    assert sorted(after.text.split("\n")) == sorted(wanted.split("\n"))
    # Else the line is put at the end of the body.
    if not found.tabs[-1].after:
        assert after.text == wanted
    assert structure_of(document) == before
    assert dict(after.lossy) == dict(found.lossy)


@pytest.mark.parametrize("name", CORPUS)
def test_another_text_is_refused_where_it_costs_structure_and_forced_it_is_all_there_is(name):
    document = CORPUS[name].document()
    found = reading_of(document)
    made = plan(found, "another text\nentirely")
    lasting = set(found.lossy) - {"list_item", "heading", "formatting", "link", "auto_text"}
    assert bool(made.conflicts) == bool(lasting or len(found.tabs) > 1)
    assert not made.conflicts or not made.requests
    document.edit(forced(found, "another text\nentirely").requests, found.revision)
    assert reading_of(document).text == "another text\nentirely"


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
    before, found = structure_of(document), reading_of(document)
    assert found.text.count(old) >= 1
    wanted = found.text.replace(old, new, 1)
    made = plan(found, wanted)
    assert not made.conflicts
    document.edit(made.requests, found.revision)
    after = reading_of(document)
    kept = [
        one for one in structure_of(document) if "footnotes" not in one and "headers" not in one
    ]
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
    found = reading_of(CORPUS[name].document())
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
    found = reading_of(document)
    wanted = "Head\nunder\n- item\nbetween\n- last\nend"
    document.edit(plan(found, wanted).requests, found.revision)
    assert reading_of(document).text == wanted
    assert reading_of(document).lossy == found.lossy


def test_nothing_is_put_behind_a_bullet_that_is_wanted_before_it():
    """Found by the random edits: a list in the second cell of a row."""
    cells = table([[p("a"), p("b", bullet=("dots", 0))]])
    found = reading_of(Document(tabs=[DocTab(body(p("top"), cells, p("end")), lists=corpus.LISTS)]))
    assert found.text == "top\na\t- b\nend"
    assert plan(found, "top\na\tx- b\nend").conflicts == {"list_item": 1}


def test_a_sign_that_a_page_break_divides_is_written_around():
    """Found by the random edits: an accent behind a break belongs to the letter before it."""
    for old, new in (("a", "[a]"), ("bad", "bed"), ("a", "xa")):
        document = Document(tabs=[DocTab(body(p(old, thing("pageBreak"), "\u0301 end")))])
        before, found = structure_of(document), reading_of(document)
        wanted = f"{new}\u0301 end"
        document.edit(plan(found, wanted).requests, found.revision)
        assert reading_of(document).text == wanted
        assert structure_of(document) == before


def test_a_bullet_that_is_taken_away_in_the_text_is_taken_away():
    document = CORPUS["nested lists"].document()
    found = reading_of(document)
    wanted = found.text.replace("- dot", "* dot")
    document.edit(plan(found, wanted).requests, found.revision)
    assert reading_of(document).text == wanted
    assert reading_of(document).lossy["list_item"] == found.lossy["list_item"] - 1


# Random documents and random edits
