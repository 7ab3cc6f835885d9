"""Text to terms: what is one word and what is not. (A change here needs a new VERSION.)"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superthread.search.analyzer import LONGEST_TERM, Finder, terms, words
from superthread.search.fuzzy import distance
from superthread.search.normalize import fold, fold_with_spans
from superthread.search.packing import pack, unpack


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
        ("TP1234", ["tp1234", "tp", "1234"]),
        ("mom's", ["mom"]),
        ("don’t", []),
        ("O'Brien", ["o", "brien"]),
        ("went", ["go"]),
        ("children", ["child"]),
        ("Café", ["cafe"]),
        ("The of and", []),
        ("東京都", ["東京", "京都"]),
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


@given(st.sets(st.integers(0, 2**31 - 1)))
def test_packed_ids_come_back_sorted(ids):
    assert unpack(pack(ids)) == sorted(ids)


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("slack", "slack", 0), ("slcak", "slack", 1), ("grafna", "grafana", 1), ("ab", "xyz", 3)],
)
def test_swapped_neighbours_are_one_edit(one, other, edits):
    assert distance(one, other, 5) == edits


def test_a_distance_beyond_the_limit_is_not_worked_out():
    assert distance("kitten", "sitting", 1) == 2


of_many_scripts = st.sampled_from("Redis를은 책'’_1漢字aBc-é\n")
mixed_texts = st.text(of_many_scripts, max_size=40) | st.text(max_size=40)


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
