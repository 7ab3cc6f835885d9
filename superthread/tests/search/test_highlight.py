"""The piece of a memory that a result shows."""

import base64
import html
import json
import random
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from superthread.search.analysis import language
from superthread.search.results import highlight
from superthread.search.results.highlight import SCANNED, SNIPPET, Highlighter
from testing.examples import examples


@pytest.fixture
def snippet(mina):
    """``snippet(content, query)``: the highlight of the only result."""

    def ask(content, query):
        mina.save(content)
        answer = mina.post("/superthread/search", json={"query": query}).json()
        (result,) = answer["results"]
        return result["highlight"]

    return ask


def test_matched_words_are_marked_and_all_else_is_escaped(snippet):
    found = snippet("<b>Zebras</b> & \"lions\" <script>alert('zebra')</script>", "zebra")
    assert found == (
        "&lt;b&gt;<mark>Zebras</mark>&lt;/b&gt; &amp; &quot;lions&quot; "
        "&lt;script&gt;alert(&#x27;<mark>zebra</mark>&#x27;)&lt;/script&gt;"
    )


@pytest.mark.parametrize("sign", ["&", "<", ">", '"', "'"])
def test_a_sign_of_html_alone_is_escaped(sign):
    shown = Highlighter({"zebra": 1.0})(f"a{sign}b zebra")
    assert shown == f"a{html.escape(sign)}b <mark>zebra</mark>"


def test_markup_of_the_content_cannot_pass_for_a_mark(snippet):
    assert snippet("<mark>no</mark> zebra", "zebra") == (
        "&lt;mark&gt;no&lt;/mark&gt; <mark>zebra</mark>"
    )


def test_a_korean_word_is_marked_without_its_particle(snippet):
    assert snippet("결제 서비스 배포는 화요일", "배포") == "결제 서비스 <mark>배포</mark>는 화요일"


def test_pairs_of_a_word_that_overlap_are_one_mark():
    marked = Highlighter({"가나": 1.0, "나가": 1.0, "나다": 1.0})
    assert marked("가나가나다는 나다") == "<mark>가나가나다</mark>는 <mark>나다</mark>"


def test_decomposed_and_half_width_letters_are_marked_where_they_stand(snippet):
    half = "\uffb2\uffc3\uffbd\uffcc"
    assert snippet(f"결제 {half}는 ＲＥＤＩＳ로", "배포 redis") == (
        f"결제 <mark>{half}</mark>는 <mark>ＲＥＤＩＳ</mark>로"
    )
    decomposed = unicodedata.normalize("NFD", "배포는 배포")
    assert Highlighter({"배포": 1.0})(decomposed).count("<mark>") == 2


def test_words_between_letters_that_have_another_normal_form_are_marked_where_they_stand():
    marked = Highlighter({"배포": 1.0, "犬": 1.0, "fine": 1.0, "kg": 1.0})
    assert marked("배포…배포는，愛犬家！ ﬁne “5㎏”") == (
        "<mark>배포</mark>…<mark>배포</mark>는，愛<mark>犬</mark>家！ <mark>ﬁne</mark> "
        "“<mark>5㎏</mark>”"
    )


def test_letters_typed_one_by_one_are_marked_as_the_syllable_they_make(snippet):
    found = snippet("어제 ㅂㅐ포 했다 ㅠㅠ 배포ㅠㅠ", "배포")
    assert found == "어제 <mark>ㅂㅐ포</mark> 했다 ㅠㅠ <mark>배포</mark>ㅠㅠ"


def test_a_long_memory_is_cut_around_the_best_match(snippet):
    filler = "one two three four five six seven eight nine ten " * 30
    content = f"{filler}zebra here {filler}giraffe and zebra there {filler}"
    found = snippet(content, "zebra giraffe")
    assert "<mark>giraffe</mark> and <mark>zebra</mark> there" in found
    assert found.startswith("…")
    assert found.endswith("…")
    text = html.unescape(re.sub("</?mark>", "", found)).strip("…")
    assert text in content
    assert len(text) <= SNIPPET


def test_a_match_far_into_a_very_long_memory_is_shown():
    content = "lorem ipsum dolor " * 20_000 + "the zebra is here"
    assert "<mark>zebra</mark>" in Highlighter({"zebra": 5.0})(content)


def test_without_a_match_the_beginning_is_shown():
    assert Highlighter({})("a < b " * 100).startswith("a &lt; b a &lt; b")


NOTE = "Some plain words of a note that goes on for a while. " * 40_000
PICTURE = base64.b64encode(random.Random(7).randbytes(450_000)).decode()
LINES = "\n".join(PICTURE[at : at + 76] for at in range(0, len(PICTURE), 76))


@pytest.mark.parametrize(
    "content",
    [
        f"{NOTE}the zebra is here. {NOTE}",
        f"{NOTE}![](data:image/png;base64,{PICTURE}) the zebra is here. {NOTE}",
        f"{PICTURE} the zebra is here. {NOTE}",
        PICTURE * 3,
    ],
)
def test_of_a_long_memory_little_more_is_looked_at_than_is_scanned(content, monkeypatch):
    looked_at = []
    told = language._language
    monkeypatch.setattr(
        language, "_language", lambda text, *more: looked_at.append(len(text)) or told(text, *more)
    )
    shown = Highlighter({"zebra": 5.0, "missing": 1.0})(content)
    assert ("<mark>zebra</mark>" in shown) == ("zebra" in content)
    assert 0 < sum(looked_at) <= 4 * SCANNED


@pytest.mark.parametrize(
    "data",
    [
        f"data:image/png;base64,{PICTURE[:300_000]}zebra{PICTURE[300_000:]}",
        f"{PICTURE[:300_000]}/zebra/{PICTURE[300_000:]}",
        f"{LINES[:77_000]}zebra{LINES[77_000:]}",
        f"data:text/plain,{'zebra,' * 50_000}",
        "-----BEGIN A KEY-----\n" + "zebra of a key\n" * 20_000 + "-----END A KEY-----",
        "var zebra=function(a,b){return a[b]+zebra(b,{c:1})};" * 2_000,
    ],
)
def test_data_before_the_match_is_never_shown_for_it(data):
    shown = Highlighter({"zebra": 5.0})(f"{NOTE}\n{data}\n\nthe zebra is here\n\n{NOTE}")
    assert "the <mark>zebra</mark> is here" in shown
    assert shown.count("zebra") == 1


def test_the_output_of_a_long_notebook_is_not_shown_for_its_cells():
    output = {"text": "zebra of an output\n" * 20_000}
    cells = [
        {"source": NOTE, "outputs": [output, output]},
        {"source": "the zebra is here", "outputs": []},
    ]
    content = json.dumps({"nbformat": 4, "cells": cells})
    assert "the <mark>zebra</mark> is here" in Highlighter({"zebra": 5.0})(content)


def test_text_behind_a_picture_is_shown_where_nothing_matches():
    shown = Highlighter({"zebra": 5.0})(f"{PICTURE}\n\nA note about lions. {NOTE}")
    assert shown.startswith("…\n\nA note about lions.")


_WORDS = st.sampled_from(
    ("zebra", "Zebras", "lion", "배포는", "of", "and" * 9, "lion" * 60, "\n", "하하", "하" * 240)
)
_TERMS = (["zebra"], ["zebra", "lion"], ["하하"], ["하하", "zebra"])


@examples(400)
@example(words=["하하", "그래.", "하" * 250], terms=["하하"])
@given(words=st.lists(_WORDS, min_size=2, max_size=120), terms=st.sampled_from(_TERMS))
def test_nothing_shown_depends_on_where_looking_for_matches_ends(words, terms):
    marked = Highlighter({term: 2.0 - number for number, term in enumerate(terms)})
    shown = marked(" ".join(words))
    with pytest.MonkeyPatch.context() as patch:
        # All of them are looked for, and weighed.
        patch.setattr(highlight, "SUMMED", 0)
        assert marked(" ".join(words)) == shown
