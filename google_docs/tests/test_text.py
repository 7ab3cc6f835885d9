"""A text goes into a Doc and comes back as it was, in UTF-16 offsets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from google_docs.tests.double.document import BadEdit, Document, imported
from google_docs.text import canonical, end_of, from_document, from_export, rewrite_requests

TEXTS = [
    "한국어 문장입니다.",
    "emoji 👍🏽 and 👩‍👩‍👧 with joiners",
    "\U0001d11e music, \U00020000 and a tail ",
    "ก็ Thai, e\u0301 decomposed",
    "lines\n\n\nwith empty ones\n",
    " leading and trailing \t",
    "a",
]


def _shown(document: Document) -> dict:
    return {"body": document.body()}


@pytest.mark.parametrize("text", TEXTS)
def test_saved_by_import_and_read_back(double, calls, run, text):
    file = run(calls.create_document({"name": "one"}, text))
    assert from_document(run(calls.document(file["id"]))) == text
    assert from_export(run(calls.export(file["id"]))) == text


@pytest.mark.parametrize("text", TEXTS)
def test_rewritten_and_read_back(double, calls, run, text):
    file = run(calls.create_document({"name": "one"}, "the old text 😀\nof two lines"))
    document = run(calls.extent(file["id"]))
    requests = rewrite_requests(end_of(document), text)
    run(calls.rewrite(file["id"], requests, document["revisionId"]))
    assert from_document(run(calls.document(file["id"]))) == text


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text())
def test_any_text_replaces_any_other(old, new):
    document = Document(imported(canonical(old).encode()))
    document.edit(rewrite_requests(end_of(_shown(document)), canonical(new)), document.revision)
    assert from_document(_shown(document)) == canonical(new)


def test_line_ends_become_one_kind_and_what_docs_drops_is_dropped_before():
    assert canonical("a\r\nb\rc\x00\x0c\ue000d") == "a\nb\ncd"


def test_half_of_a_surrogate_pair_cannot_be_cut_off():
    document = Document("a😀b")
    cut = [{"deleteContentRange": {"range": {"startIndex": 1, "endIndex": 3}}}]
    with pytest.raises(BadEdit, match="grapheme cluster"):
        document.edit(cut, None)
    assert document.text == "a😀b"


def test_tables_are_part_of_the_text():
    cell = {"content": [{"paragraph": {"elements": [{"textRun": {"content": "in a cell\n"}}]}}]}
    table = {"table": {"tableRows": [{"tableCells": [cell]}]}}
    assert from_document({"body": {"content": [table]}}) == "in a cell"
