"""The edges of what a body may hold: what is just allowed, and the first that is not."""

import pytest

from memory_hub.api.strict_json import loads
from memory_hub.core.errors import BadInput


def code_of(raw):
    with pytest.raises(BadInput) as refused:
        loads(raw)
    return refused.value.extra["errors"][0]["code"]


@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_body_is_nested_sixty_four_levels_and_no_more(opens, closes):
    loads(opens * 64 + b"1" + closes * 64)
    assert code_of(opens * 65 + b"1" + closes * 65) == "too-deep"


def test_brackets_in_texts_and_lists_side_by_side_are_no_depth():
    assert loads(b'["' + b"[" * 100 + b'"]') == ["[" * 100]
    assert loads(b"[" + b"[]," * 99 + b"[]]") == [[]] * 100
    deep = b"[" * 63 + b"]" * 63
    assert len(loads(b"[" + b"[]," * 99 + deep + b"]")) == 100
    assert code_of(b"[" + b"[]," * 99 + b"[" + deep + b"]]") == "too-deep"


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, -1])
def test_an_integer_of_sixty_four_bits_is_taken(number):
    assert loads(str(number).encode()) == number


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**20, -(10**19), 10**4000])
def test_a_longer_integer_is_refused(number):
    assert code_of(str(number).encode()) == "integer-too-large"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'"\\ud800"', "lone-surrogate"),
        (b'{"\\udfff": 1}', "lone-surrogate"),
        (b'[["\\u0000"]]', "nul"),
        (b'{"a": 1, "b": {"a": 1, "a": 1}}', "duplicate-key"),
        (b"[NaN]", "not-a-number"),
        (b"[1e400]", "number-too-large"),
        (b"[-1e400]", "number-too-large"),
        (b'"\xff"', "not-utf8"),
        (b"", "not-json"),
    ],
)
def test_what_no_store_could_keep_is_refused(raw, code):
    assert code_of(raw) == code


def test_what_only_looks_like_it_is_taken():
    assert loads(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"
    assert loads(b'{"a": {"a": {"a": 1e308}}}') == {"a": {"a": {"a": 1e308}}}
    assert loads(b'\xef\xbb\xbf"\\\\u0000"') == "\\u0000"
