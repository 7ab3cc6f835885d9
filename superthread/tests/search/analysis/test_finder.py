"""Which words of a text a query has found, without a look at the others."""

import sys
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from superthread.search.analysis import signs
from superthread.search.analysis.analyzer import RUN, counted_terms, words
from superthread.search.analysis.finder import Finder
from superthread.search.analysis.normalize import fold


def terms(text):
    return list(counted_terms(text)[0])


of_many_scripts = st.sampled_from("Redis를은 책'’_1漢字aBc-é\n")
mixed_texts = st.one_of(
    st.text(of_many_scripts, max_size=40),
    st.text(max_size=40),
    # There are quick ways for ASCII alone, and for queries of Hangul alone.
    st.text("aBc_1' -", max_size=40),
    st.text("가약은를 a", max_size=40),
)


def found_by(wanted, folded):
    return [*Finder(frozenset(wanted), lambda run, terms: terms)(folded)]


def wanted_words(wanted, folded):
    """Those that a finder is to find, of all that the index has."""
    of_words = [
        (start, end, tuple(dict.fromkeys(term for term in found if term in wanted)))
        for start, end, found in words(folded)
    ]
    return [word for word in of_words if word[2]]


@given(st.lists(mixed_texts, max_size=3), mixed_texts)
def test_a_finder_finds_the_words_that_have_a_wanted_term(texts, query):
    wanted = set(terms(query))
    find = Finder(frozenset(wanted), lambda run, terms: terms)
    for folded in map(fold, texts):
        assert list(find(folded)) == wanted_words(wanted, folded)


PADDING = "plain of_it " * 12
# Texts of which few words have letters of other scripts are not taken apart.
of_few_foreign = st.lists(
    st.sampled_from(["İş", "Cafés", "cafe", "i'é’A", "ß_a", "가é나", "“IT”", "-é", "漢é字"])
    | st.text(of_many_scripts, max_size=6),
    max_size=4,
).map(lambda some: f" {PADDING}".join(["", *some, ""]))


@given(of_few_foreign, st.text(of_many_scripts, max_size=12), st.data())
def test_words_of_few_foreign_letters_are_found_between_others(text, query, data):
    folded = fold(text)
    parts = data.draw(st.lists(st.sampled_from(folded.split()), max_size=3))
    wanted = set(terms(" ".join([query, *parts])))
    assert found_by(wanted, folded) == wanted_words(wanted, folded)


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("eclair", f"{PADDING}Éclairs {PADDING}eclair", ["Éclairs", "eclair"]),
        ("eclair", f"{PADDING}İİİİİİİİ eclair {PADDING}", ["eclair"]),
        ("parse an invoice", "once parseInvoices, invoiced", ["parseInvoices", "invoiced"]),
        ("Who went", f"{PADDING}é WHO went {PADDING}who goes", ["WHO", "went", "goes"]),
        ("dont stop O’Brien", "I don’t; o’brien's stop", ["o’brien's", "stop"]),
        ("c++ -x =>", "=> C++ -x", ["=>", "C++", "C", "-x", "x"]),
        ("약은 안 됨", "약은 Redis은 안 됨", ["약은", "은 안", "안 됨", "안", "됨"]),
        ("настройки", f"{PADDING}Настройки, настройка", ["Настройки"]),
    ],
)
def test_words_are_found_as_they_are_written(query, text, expected):
    assert [text[start:end] for start, end, _ in found_by(terms(query), text)] == expected


@given(mixed_texts)
def test_runs_read_backwards_are_runs(text):
    """A finder tells so where one begins."""
    mirrored, last = text[::-1], len(text) - 1
    for run in RUN.finditer(text):
        letters = [at for at in range(*run.span()) if RUN.match(text[at])]
        assert {last + 1 - RUN.match(mirrored, last - at).end() for at in letters} == {run.start()}
        assert {RUN.match(text, at).end() for at in letters} == {run.end()}


def test_one_letter_alone_has_no_small_one_of_one_character():
    """A finder replaces it: small letters stand where the capitals do."""
    letters = map(chr, range(sys.maxunicode + 1))
    assert [letter for letter in letters if len(letter.lower()) > 1] == ["\u0130"]


def test_many_words_are_known_for_signs_and_numbers_that_a_text_has_not():
    """Names like The Who have their own mark, and years are never written in groups."""
    wanted = signs.WantedTokens(["^the", "^IT", "2024", "c++", "=>"])
    assert wanted("C++ => 2,024 The IT x") == [(0, 3, "c++"), (4, 6, "=>")]
    assert signs.WantedTokens(["^^"])("The ^^ IT") == [(4, 6, "^^")]


_ENDINGS = """
s ies ied eedly ed ing ingly y ational ization ator alism aliti fulness ousness iveness iviti biliti
bly ibility ogi ogist lessli ally icate iciti ical ative ance ement ion ll e i
"""
ENDINGS = _ENDINGS.split()


@given(st.text("abdeilnrsty", max_size=4), st.lists(st.sampled_from(ENDINGS), max_size=3))
def test_a_word_is_found_by_its_term_whatever_endings_it_has(beginning, endings):
    """The stemmer leaves of each what a finder looks for."""
    word = "".join([beginning, *endings])
    found = [word for _, _, word in found_by(terms(word), f"a {word}.")]
    assert found == ([tuple(terms(word))] if terms(word) else [])


@example("약 약 약은 안 됨")
@given(st.text("가나약은는다 a\n", max_size=40))
def test_pairs_across_spaces_are_the_same_however_they_are_looked_for(text):
    pairs = signs.WantedTokens(["".join(pair) for pair in product("가나약은는다안됨", repeat=2)])
    assert list(signs.joints(text)) == sorted(pairs(text))
