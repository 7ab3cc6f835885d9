"""Text to terms: what is one word and what is not. (A change here needs a new VERSION.)"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superthread.search.analysis import analyzer, signs
from superthread.search.analysis.analyzer import LONGEST_TERM, counted_terms, words
from superthread.search.analysis.finder import Finder
from superthread.search.analysis.fuzzy import substitutes
from superthread.search.analysis.normalize import fold, fold_with_spans


def terms(text):
    return [term for term, times in counted_terms(text)[0].items() for _ in range(times)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("배포는", ["배포"]),
        ("데이터베이스에서", ["데이", "이터", "터베", "베이", "이스"]),
        ("약은", ["약은", "약"]),
        ("집에서", ["집에", "집"]),
        ("먹었다", ["먹었", "먹"]),
        ("책", ["책"]),
        ("Redis를", ["redi"]),
        ("PostgreSQL", ["postgresql", "postgr", "sql"]),
        ("upload_worker", ["upload_worker", "upload", "worker"]),
        ("parseInvoiceDate", ["parseinvoiced", "pars", "invoic", "date"]),
        ("TP-1234", ["tp", "1234"]),
        ("C++ and .NET", ["c", "net", "c++", ".net"]),
        ("curl -X a => 🚀", ["curl", "x", "-x", "=>", "🚀"]),
        ("1,234,567", ["1", "234", "567", "1234567"]),
        ("010-1234-5678", ["010", "1234", "5678", "01012345678"]),
        ("안 됨", ["안", "됨", "안됨"]),
        ("책을 읽을 때", ["책을", "책", "읽을", "읽", "때", "을읽", "을때"]),
        ("The Who", ["^the", "^who"]),
        ("IT", ["^it", "^IT"]),
        ("9f86d08 and e3b0c442", ["9f86d08", "e3b0c442"]),
        ("TP1234", ["tp1234", "tp", "1234"]),
        ("mom's", ["mom"]),
        ("don’t", []),
        ("O'Brien", ["o", "brien"]),
        ("went", ["go"]),
        ("children", ["child"]),
        ("Café", ["cafe"]),
        ("of and", []),
        ("東京都", ["東京", "京都", "東", "京", "都"]),
        ("Настройки", ["настроики"]),
        ("%_*'\"", []),
    ],
)
def test_words_become_terms(text, expected):
    assert terms(text) == expected


def test_a_term_is_never_longer_than_the_index_takes():
    assert [len(term) for term in terms("a" * 5000)] == [LONGEST_TERM]
    assert max(map(len, terms("ß" * 5000 + " x_" + "y" * 5000))) == LONGEST_TERM


anything = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
korean = st.text(alphabet="가나다한글각값한ﾾￂﾤｶﾞ é\u0301A", max_size=30)


@given(anything | korean)
def test_every_folded_character_knows_where_it_came_from(text):
    folded = fold_with_spans(text)
    for at in range(len(folded.text)):
        start, end = folded.original(at, at + 1)
        assert 0 <= start < end <= len(text)
    if folded.spans is None:
        assert folded.text == text == fold(text)


@given(anything)
def test_terms_are_short_and_not_empty(text):
    assert all(0 < len(term) <= LONGEST_TERM for term in terms(text))


def test_swapped_neighbours_are_one_edit_and_the_nearest_come_first():
    vocabulary = ["slack", "stack", "slick", "black", "slcak", "flask"]
    assert substitutes("slcak", vocabulary, 2) == ["slack"]
    assert substitutes("grafna", ["grafan", "grafana", "grana", "gr"], 2) == ["grafan", "grafana"]


def test_a_word_too_far_away_is_no_spelling():
    assert substitutes("kitten", ["sitting"], 3) == []


of_many_scripts = st.sampled_from("Redis를은 책'’_1漢字aBc-é\n")
mixed_texts = st.one_of(
    st.text(of_many_scripts, max_size=40),
    st.text(max_size=40),
    # There are quick ways for ASCII alone, and for queries of Hangul alone.
    st.text("aBc_1' -", max_size=40),
    st.text("가약은를 a", max_size=40),
)


@given(st.lists(mixed_texts, max_size=3), mixed_texts)
def test_a_finder_finds_the_words_that_have_a_wanted_term(texts, query):
    wanted = frozenset(terms(query))
    find = Finder(wanted)
    for folded in map(fold, texts):
        expected = [
            (start, end, tuple(dict.fromkeys(term for term in found if term in wanted)))
            for start, end, found in words(folded)
        ]
        assert list(find(folded)) == [word for word in expected if word[2]]


_ENDINGS = """
s ies ied eedly ed ing ingly y ational ization ator alism aliti fulness ousness iveness iviti biliti
bly ibility ogi ogist lessli ally icate iciti ical ative ance ement ion ll e i
"""
ENDINGS = _ENDINGS.split()


@given(st.text("abdeilnrsty", max_size=4), st.lists(st.sampled_from(ENDINGS), max_size=3))
def test_a_word_is_found_by_its_term_whatever_endings_it_has(beginning, endings):
    """The stemmer leaves of each what a finder looks for."""
    word = "".join([beginning, *endings])
    found = [word for _, _, word in Finder(frozenset(terms(word)))(f"a {word}.")]
    assert found == ([tuple(terms(word))] if terms(word) else [])


PLAIN = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=300)
KNOWN = st.sampled_from(["the", "who", "went", "women", "running", "it", "ss", "a"])


@given(st.sets(PLAIN | KNOWN | st.sampled_from(["Who", "don't", "약은", "가", "日本", "a_b"])))
def test_words_that_are_read_together_say_what_each_says_alone(runs):
    """There is a quick way for those of small letters."""
    found = analyzer._read_all(list(runs))
    assert found == {run: analyzer._read(run) for run in runs}


@given(st.text("가나약은는다 a\n", max_size=40))
def test_pairs_across_spaces_are_the_same_however_they_are_looked_for(text):
    one_by_one = signs._joints_at(re.compile("[가-힣](?= [가-힣])"), text)
    assert list(signs.joints(text)) == list(one_by_one)


ascii_texts = st.lists(
    st.text("abcIT19_'.,-+#%=<>$@/:& \n", max_size=12)
    | st.sampled_from(["don't", "C++", "1,234,567", "010-1234-5678", "-x", "=>", "The"])
).map(" ".join)


@given(ascii_texts)
def test_ascii_says_the_same_alone_and_beside_other_letters(text):
    """There is a quick way for ASCII alone."""
    beside = {"약은": 1, "약": 1}
    frequencies, spelt = counted_terms(f"{text}\n약은")
    assert beside.items() <= frequencies.items()
    alone = counted_terms(text)
    assert alone[0] == {term: times for term, times in frequencies.items() if term not in beside}
    assert alone[1] == {term: bits for term, bits in spelt.items() if term not in beside}
