"""What is no language costs no postings, no hits and no highlight; words beside it stay."""

import base64
import json
import random

import pytest

from superthread.models import SearchDocument
from superthread.search.index.packing import unpack

RANDOM = random.Random(7)
ENCODED = base64.b64encode(RANDOM.randbytes(4_500)).decode()
WRAPPED = "\n".join(ENCODED[at : at + 76] for at in range(0, 6_000, 76))
LONG_HEX = RANDOM.randbytes(400).hex()
DUMP = "\n".join(f"{at:08x}: {RANDOM.randbytes(18).hex(' ', 2)}  .a.b." for at in range(9))
MINIFIED = "".join(f"function f{n}(e,t){{return e.x{n}&&t(e,{n})}};" for n in range(60))
MAPPINGS = ";".join(f"AAA{base64.b64encode(RANDOM.randbytes(3)).decode()}" for _ in range(300))
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
    assert len(unpack(document.term_ids)) <= 14
    for query in ("zebra", "tickets"):
        (found,) = mina.post("/superthread/search", json={"query": query}).json()["results"]
        assert f"<mark>{query.title()}</mark>" in found["highlight"]
        assert len(found["highlight"]) < 120
        assert data in found["content"]


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
    assert sum(len(one.term_ids) for one in SearchDocument.objects.all()) < 200
