"""The piece of a memory that a result shows."""

import html
import re
import unicodedata

import pytest

from superthread.search.highlight import SNIPPET, Highlighter


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


def test_markup_of_the_content_cannot_pass_for_a_mark(snippet):
    assert snippet("<mark>no</mark> zebra", "zebra") == (
        "&lt;mark&gt;no&lt;/mark&gt; <mark>zebra</mark>"
    )


def test_a_korean_word_is_marked_without_its_particle(snippet):
    assert snippet("결제 서비스 배포는 화요일", "배포") == "결제 서비스 <mark>배포</mark>는 화요일"


def test_decomposed_and_half_width_letters_are_marked_where_they_stand(snippet):
    half = "\uffb2\uffc3\uffbd\uffcc"
    assert snippet(f"결제 {half}는 ＲＥＤＩＳ로", "배포 redis") == (
        f"결제 <mark>{half}</mark>는 <mark>ＲＥＤＩＳ</mark>로"
    )
    decomposed = unicodedata.normalize("NFD", "배포는 배포")
    assert Highlighter({"배포": 1.0})(decomposed).count("<mark>") == 2


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
