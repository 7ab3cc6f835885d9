"""Text to terms: what is one word and what is not. (A change here needs a new VERSION.)"""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superthread.search.analysis import analyzer, normalize
from superthread.search.analysis.analyzer import LONGEST_TERM, counted_terms
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
    if folded.stretches is None:
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


def test_what_stands_for_itself_is_its_own_normal_form_and_joins_nothing():
    plain = re.compile(f"[{normalize.PLAIN}]")
    for letter in filter(plain.match, map(chr, range(0x10000))):
        assert unicodedata.normalize("NFKC", letter) == letter
        assert not normalize._joins_the_one_before(letter)


PLAIN = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=300)
KNOWN = st.sampled_from(["the", "who", "went", "women", "running", "it", "ss", "a"])


@given(st.sets(PLAIN | KNOWN | st.sampled_from(["Who", "don't", "약은", "가", "日本", "a_b"])))
def test_words_that_are_read_together_say_what_each_says_alone(runs):
    """There is a quick way for those of small letters."""
    found = analyzer._read_all(list(runs))
    assert found == {run: analyzer._read(run) for run in runs}


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
