"""What is no language costs no postings, no hits and no highlight; words beside it stay."""

import base64
import binascii
import json
import random
from itertools import pairwise
from textwrap import fill

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superthread.models import SearchDocument
from superthread.search.analysis import language
from superthread.search.analysis.glance import CONTEXT
from superthread.search.analysis.language import BLANK, language_of
from superthread.search.analysis.pieces import PIECE
from superthread.search.index.packing import ids_of

RANDOM = random.Random(7)
ENCODED = base64.b64encode(RANDOM.randbytes(4_500)).decode()
WRAPPED = "\n".join(ENCODED[at : at + 76] for at in range(0, 6_000, 76))
LONG_HEX = RANDOM.randbytes(400).hex()
DUMP = "\n".join(f"{at:08x}: {RANDOM.randbytes(18).hex(' ', 2)}  .a.b." for at in range(9))
MINIFIED = "".join(f"function f{n}(e,t){{return e.x{n}&&t(e,{n})}};" for n in range(60))
MAPPINGS = ";".join(f"AAA{base64.b64encode(RANDOM.randbytes(3)).decode()}" for _ in range(300))
BASE32 = base64.b32encode(RANDOM.randbytes(500)).decode()
BASE85 = base64.b85encode(RANDOM.randbytes(520)).decode()
BYTES = RANDOM.randbytes(300)


def lines(text, width, before=""):
    return "\n".join(before + text[at : at + width] for at in range(0, len(text), width))


# Each as it is pasted; the text behind it is language again.
FURTHER = {
    "base32": lines(BASE32, 72),
    "base85": lines(BASE85, 65),
    "patch": f"GIT binary patch\nliteral 520\n{lines(BASE85, 65, 'z')}\n",
    "ascii85": f"<~{lines(base64.a85encode(BYTES).decode(), 75)}~>",
    "uuencode": "begin 644 x\n"
    + "".join(binascii.b2a_uu(BYTES[at : at + 45]).decode() for at in range(0, 270, 45))
    + "`\nend",
    "array": fill(", ".join(f"0x{byte:02x}" for byte in BYTES), 72),
    "octal": "\n".join(f"{at:07o} " + " ".join(["126243", "053223"] * 4) for at in range(9)),
    "bytes": ", ".join(map(str, BYTES)),
    "vector": fill(", ".join(f"{byte / 257 - 0.5:.6f}" for byte in BYTES), 70),
    "drawing": f'"M{" ".join(f"{a}.5,{b}.25 L" for a, b in pairwise(BYTES[:80]))}"',
    "url": "".join(f"%{byte:02X}" for byte in BYTES),
    "mail": "=\n".join("".join(f"={byte:02X}" for byte in BYTES[:25]) for _ in range(9)),
    "integrity": f"sha512-{base64.b64encode(BYTES[:64]).decode()}",
    "key": f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{base64.b64encode(BYTES).decode()}",
}
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "source": ["# zebra walk"],
            "outputs": [{"text": ["Epoch 1 loss 0.5", "[nested] brackets"], "data": ["giraffe"]}],
        }
    ],
    "nbformat": 4,
}


@pytest.mark.parametrize(
    "data",
    [
        f"![](data:image/png;base64,{ENCODED})",
        "<img src='data:image/svg+xml,%3Csvg%20width%3D%221%22%3E'>",
        ENCODED,
        WRAPPED,
        f"-----BEGIN RSA PRIVATE KEY-----\n{WRAPPED}\n-----END RSA PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        LONG_HEX,
        " ".join(LONG_HEX[at : at + 2] for at in range(0, 200, 2)),
        DUMP,
        MINIFIED,
        f'"mappings": "{MAPPINGS}"',
    ],
    ids=[
        "uri",
        "percent",
        "base64",
        "wrapped",
        "pem",
        "jwt",
        "hex",
        "pairs",
        "dump",
        "minified",
        "map",
    ],
)
def test_data_beside_words_is_neither_indexed_nor_shown(mina, data):
    mina.save(f"Zebra walk at noon\n{data}\nTickets are booked")
    (document,) = SearchDocument.objects.all()
    assert len(ids_of(bytes(document.terms))) <= 14
    for query in ("zebra", "tickets"):
        (found,) = mina.post("/superthread/search", json={"query": query}).json()["results"]
        assert f"<mark>{query.title()}</mark>" in found["highlight"]
        assert len(found["highlight"]) < 120
        assert data in found["content"]


@pytest.mark.parametrize("kind", FURTHER)
def test_no_encoding_of_data_is_indexed_as_words(mina, kind):
    mina.save(f"Zebra walk at noon\n\n{FURTHER[kind]}\n\nTickets are booked")
    (document,) = SearchDocument.objects.all()
    assert len(ids_of(bytes(document.terms))) <= 20
    for query in ("zebra", "tickets"):
        (found,) = mina.post("/superthread/search", json={"query": query}).json()["results"]
        assert f"<mark>{query.title()}</mark>" in found["highlight"]


@pytest.mark.parametrize(
    "text",
    [
        "begin 100 days of pushups\nMonday was fine. Zebra.\nThe end",
        "a <~ b means that b is sent to a, and so on, as the zebra says in all of his books",
        "Rent 950, food 300, zebra 20, heating 120, phone 15, school 80, bus 49, books 12, rest 9",
        "Orders\n" + "\n".join(str(1_000_000 + n) for n in range(80)) + "\nzebra 1000042",
        "^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Z|a-z]{2,7}$ matches the zebra",
        "\x1b[31mzebra\x1b[0m failed",
    ],
)
def test_what_only_looks_like_data_is_language(mina, contents, text):
    mina.save(text)
    mina.save("Nothing of the kind")
    words = ["zebra", *(["1000042"] if "1000042" in text else [])]
    for word in words:
        assert contents(mina, word) == [text]


def test_the_output_of_a_notebook_is_not_indexed(mina, contents):
    mina.save(text := json.dumps(NOTEBOOK))
    assert contents(mina, "zebra") == [text]
    assert contents(mina, "giraffe") == []
    assert contents(mina, "epoch nested") == []


@pytest.mark.parametrize(
    "name",
    [
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "550e8400-e29b-41d4-a716-446655440000",
        "src/main/java/com/example/project/module/SomeVeryLongClassNameFactory.java",
        "AbstractSingletonProxyFactoryBeanConfigurationManagerImplementation",
        "a-very-long-name-of-a-branch-with-many-short-words-in-it",
        "https://example.com/notes/2026/11/a-long-title-of-an-article-about-zebras",
    ],
)
def test_long_names_are_language(mina, contents, name):
    mina.save(text := f"See {name} for more")
    mina.save("Nothing of the kind")
    assert contents(mina, name)[:1] == [text]


def test_a_note_with_a_large_picture_ranks_as_without_it(mina, contents):
    picture = base64.b64encode(RANDOM.randbytes(450_000)).decode()
    mina.save(f"Team photo\n![photo](data:image/png;base64,{picture})")
    mina.save("The team meets on monday")
    for query in ("x7", "qq", "kubernets", "AAAA", "aB"):
        assert contents(mina, query) == []
    assert len(contents(mina, "team photo")) == 2
    assert sum(len(one.terms) for one in SearchDocument.objects.all()) < 200


@pytest.mark.parametrize("before", [0, PIECE - 30, PIECE, 2 * PIECE - 30])
def test_data_is_found_wherever_a_long_text_has_it(before):
    text = ("word\n" * before)[:before] + f" {ENCODED[:60]} and words"
    assert language_of(text) == text.replace(ENCODED[:60], BLANK * 60)


SCRAPS = [
    *FURTHER.values(),
    *(ENCODED, WRAPPED, LONG_HEX, DUMP, MINIFIED, MAPPINGS, json.dumps(NOTEBOOK)),
    *("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.x", "-----BEGIN X-----\nabc\n-----END"),
    *("ab cd 12 " * 9, "0x12, 0xab, " * 12, "000000 ab12  cd34  ef56  1234\n", "a2\t\n" * 18),
    *("1,2,3," * 30, "٣ ٤ " * 30, "=0A=\n=0B=\n" * 10, "be fa de 12:34:56 ", "x" * 39),
    *("plain words of a line ", "배포는 화요일 오후 2시 ", "日本語" * 20, "word " * 120),
    *("\r", "\u3000", "\x85", "\xa0"),
]
scraps = st.sampled_from(SCRAPS).flatmap(
    lambda one: st.tuples(st.integers(0, len(one)), st.integers(0, len(one))).map(
        lambda ends: one[min(ends) : max(ends)]
    )
)
pasted = st.tuples(
    st.sampled_from(["", " ", "\n", ","]), st.lists(st.sampled_from(SCRAPS) | scraps, max_size=5)
).map(lambda told: told[0].join(told[1]))


@given(pasted)
def test_no_kind_of_data_is_missed_at_a_glance(text):
    told = language_of(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            language.Glance, "at", lambda _: language.Glance(*[True] * len(language.Glance._fields))
        )
        fully = language._read(text)
    # What is found without a sign that anything is there is found by chance.
    assert told == (fully if language.Glance.at(text).is_worth_a_look else text)


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("at", [PIECE - 20, PIECE, PIECE + CONTEXT - 20])
@pytest.mark.parametrize("data", ["Zm9vYmFyIGJheiBxdXV4IGNvcmdlIGdyYXVs" * 20, "a=b;" * 2_000])
def test_a_text_of_words_and_lines_hides_no_data_where_its_pieces_meet(at, data, end):
    words = "a few plain words of some line\n" * 3_000
    at = words.rindex("\n", 0, at) + 1
    text = f"{words[:at]}{data}{end}{words[at:]}"
    assert BLANK in language_of(text)
    assert language_of(words) == words


@pytest.mark.parametrize("words", [10, 2_000])
def test_a_text_is_told_again_as_it_was_told_first(words):
    plain, data = "word " * words, "word " * words + base64.b64encode(bytes(range(256))).decode()
    for _ in range(3):
        assert language_of(plain) == plain
        assert language_of(data) == plain + BLANK * (len(data) - len(plain))
