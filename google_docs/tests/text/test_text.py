"""A text goes into a Doc and comes back as it was."""

import pytest

from google_docs.text.canonical import canonical, from_export
from google_docs.text.edits import plan
from testing.google.document import Document
from testing.google.units import BadEdit

TEXTS = [
    "한국어 문장입니다.",
    "emoji 👍🏽 and 👩‍👩‍👧 with joiners",
    "\U0001d11e music, \U00020000 and a tail ",
    "ก็ Thai, e\u0301 decomposed",
    "lines\n\n\nwith empty ones",
    " leading and trailing \t",
    "a",
]


@pytest.mark.parametrize("text", TEXTS)
def test_saved_by_import_and_read_back(double, calls, run, text):
    file = run(calls.create_document({"name": "one"}, text))
    assert run(calls.document(file["id"])).text == text
    assert from_export(run(calls.export(file["id"]))) == text


@pytest.mark.parametrize("text", TEXTS)
def test_rewritten_and_read_back(double, calls, run, text):
    file = run(calls.create_document({"name": "one"}, "the old text 😀\nof two lines"))
    found = run(calls.extent(file["id"]))
    run(calls.rewrite(file["id"], plan(found, text).requests, found.revision))
    assert run(calls.document(file["id"])).text == text


def test_one_form_is_used_on_both_sides():
    assert canonical("a\r\nb\rc\x00\x0c\ue000d\ve\ufeff\n\n") == "a\nb\ncd\ne"
    assert from_export("\ufeffa\r\nb\r\n".encode()) == "a\nb"


def test_half_of_a_surrogate_pair_cannot_be_cut_off():
    document = Document("a😀b")
    cut = [{"deleteContentRange": {"range": {"startIndex": 1, "endIndex": 3}}}]
    with pytest.raises(BadEdit, match="grapheme cluster"):
        document.edit(cut, None)
    assert document.text == "a😀b"
