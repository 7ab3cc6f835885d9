"""The double refuses what Google's discovery documents do not allow, and never lies."""

import json
import urllib.error
import urllib.request

import pytest

from testing.google import Double, query
from testing.google.masks import BadMask, apply, parse
from testing.google.schema import Violation
from testing.google.server import BOOK


@pytest.fixture
def lax() -> Double:
    """A double whose violations the test looks at itself."""
    double = Double().start()
    yield double
    double.stop()


def _ask(double: Double, path: str, verb: str = "GET", body: object = None) -> tuple[int, object]:
    token = double.world.token("a@example.com")
    request = urllib.request.Request(
        double.root + path,
        method=verb,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.mark.parametrize(
    ("path", "verb", "body"),
    [
        ("drive/v3/nonsense", "GET", None),
        ("drive/v3/files?maxSize=100", "GET", None),
        ("drive/v3/files?pageSize=0", "GET", None),
        ("drive/v3/files?pageSize=many", "GET", None),
        ("drive/v3/files?supportsAllDrives=yes", "GET", None),
        ("drive/v3/files?fields=files(nonsense)", "GET", None),
        ("drive/v3/files?fields=files(id", "GET", None),
        ("drive/v3/files/x/export", "GET", None),
        ("drive/v3/files", "POST", {"nonsense": 1}),
        ("drive/v3/files", "POST", {"name": 7}),
        ("drive/v3/files", "POST", {"exportLinks": {}}),
        ("v1/documents/x:batchUpdate", "POST", {"requests": [{"insertTexts": {}}]}),
        ("v1/documents/x?suggestionsViewMode=NONE", "GET", None),
    ],
)
def test_what_no_document_describes_is_refused_and_recorded(lax, path, verb, body):
    status, _ = _ask(lax, path, verb, body)
    assert status == 400
    assert len(lax.violations) == 1


@pytest.mark.parametrize(
    ("path", "verb", "body"),
    [
        ("drive/v3/files/generateIds", "GET", None),
        ("drive/v3/files", "POST", {"mimeType": "text/plain"}),
        ("drive/v3/files?orderBy=folder", "GET", None),
    ],
)
def test_what_is_not_modelled_is_never_made_up(lax, path, verb, body):
    status, _ = _ask(lax, path, verb, body)
    assert status == 501
    assert len(lax.violations) == 1


def test_an_answer_that_google_could_not_send_is_not_sent(lax, monkeypatch):
    monkeypatch.setattr(lax.api, "about_get", lambda call: {"user": {"age": 7}})
    with pytest.raises(json.JSONDecodeError):
        _ask(lax, "drive/v3/about?fields=user")
    assert lax.violations[0].startswith("DOUBLE LIES")


def test_an_answer_is_checked_field_by_field():
    method, _, _ = BOOK.find("GET", "/drive/v3/files/x")
    for lie in ({"size": 7}, {"createdTime": "yesterday"}, {"parents": "x"}, {"capabilities": []}):
        with pytest.raises(Violation):
            BOOK.check_answer(method, lie)


def test_without_a_bearer_token_nothing_is_told(lax):
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(lax.root + "drive/v3/about?fields=user")


def test_about_needs_a_mask(lax):
    assert _ask(lax, "drive/v3/about")[0] == 400


def test_full_text_and_an_order_do_not_go_together(lax):
    path = "drive/v3/files?orderBy=modifiedTime%20desc&q=fullText%20contains%20%27a%27"
    assert _ask(lax, path)[0] == 403


@pytest.mark.parametrize(
    "bad", ["", "not not trashed=false", "foo = 'x'", "'a' in b", "trashed=maybe", "name = x",
            "appProperties has { key='a' }", "trashed=false and", "name ~ 'x'", "'x' in parents)"]
)  # fmt: skip
def test_a_query_that_google_refuses_is_refused(bad):
    with pytest.raises(query.BadQuery):
        query.parse(bad)


@pytest.mark.parametrize("good", ["trashed", "(trashed=false)", "not trashed", "name = 'it\\'s'"])
def test_a_query_that_google_takes_is_taken(good):
    query.parse(good)


def test_masks_select_and_nest():
    value = {"a": 1, "b": [{"c": 2, "d": 3}], "e": {"f": 4, "g": 5}}
    assert apply(parse("a,b(c),e/f"), value) == {"a": 1, "b": [{"c": 2}], "e": {"f": 4}}
    for bad in ("a,", "a(b", "a b", "(a)", "a/"):
        with pytest.raises(BadMask):
            parse(bad)
