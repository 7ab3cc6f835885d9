"""Documents and segments in bytes: what goes in comes out, and nothing else is found in them."""

from hypothesis import given
from hypothesis import strategies as st

from superthread.search.index import packing
from superthread.search.index.building import pages_of
from superthread.search.index.packing import Packing, code_of, count_of, counts_of, id_of, ids_of
from superthread.search.index.pages import MOST_MEMORIES, lists_in, unpacked

numbers = st.one_of(
    st.integers(1, 200),
    st.integers(8_100, 8_300),
    st.integers(2**19 - 50, 2**19 + 50),
    st.integers(2**25 - 50, 2**25 + 50),
    st.integers(1, 2**31 - 1),
)
counts = st.tuples(st.integers(1, 200), st.sampled_from([0, 7, 0x3FFF]))
documents = st.dictionaries(numbers, counts, max_size=40)
USUAL = 7


def packed(document):
    packing = Packing()
    for term, (times, spelling) in document.items():
        packing.add(term, times, spelling, USUAL)
    return packing.packed()


@given(documents)
def test_terms_that_are_packed_at_once_are_packed_as_one_by_one(document):
    times, spellings = zip(*document.values(), strict=True) if document else ((), ())
    usual = [USUAL] * len(document)
    codes = [*map(code_of, document)]
    parts = [
        packing.packed(codes[part], times[part], [*spellings[part]], usual[part])
        for part in (slice(2), slice(2, None))
    ]
    assert packing.joined(parts) == packed(document)


def told(document):
    return {
        term: (min(times, 127), None if spelling == USUAL else spelling)
        for term, (times, spelling) in document.items()
    }


@given(documents, st.lists(numbers, max_size=20))
def test_a_document_has_its_terms_and_no_others(document, others):
    terms, counted = packed(document)
    assert ids_of(terms) == list(document)
    assert {id_of(code): tuple(one) for code, one in counts_of(terms, counted)} == told(document)
    for term in (*document, *others):
        found = count_of(code_of(term), terms, counted)
        assert (tuple(found) if found else None) == told(document).get(term)


@given(st.lists(documents, max_size=12), st.lists(numbers, max_size=10))
def test_pages_have_the_postings_of_their_documents(several, others):
    expected = {}
    for place, document in enumerate(several):
        for term, one in told(document).items():
            expected.setdefault(term, []).append((place, *one))
    assert (
        taken(pages_of(map(packed, several), [80] * len(several)), [*expected, *others]) == expected
    )


def test_long_lists_stand_alone_and_places_far_apart_are_told_whole():
    terms = {
        n: {5: (1, 7), 9: (1 + n % 3, 0), 70_000: (2, 7)} if n % 1_600 == 0 else {5: (1, 7)}
        for n in range(MOST_MEMORIES)
    }
    documents = (packed(terms[n]) for n in range(MOST_MEMORIES))
    pages = pages_of(documents, [80] * MOST_MEMORIES)
    lists = [(one.last_term, one.entries) for one in pages]
    assert lists == [(5, MOST_MEMORIES), (9, 0), (70_000, 0)]
    found = taken(pages, [5, 9, 70_000, 6])
    assert [place for place, *_ in found[9]] == [0, 1_600, 3_200]
    assert [place for place, *_ in found[5]] == [*range(MOST_MEMORIES)]


def taken(pages, terms):
    """The postings of the terms, by the look-up that searches do."""
    found = {}
    for term in dict.fromkeys(terms):
        page = next((one for one in pages if one.last_term >= term), None)
        if page is None or (page.entries and page.last_term != term):
            continue
        lists = [(term, page.data)] if page.entries else lists_in(page.data, [term])
        for _, data in lists:
            places, counted, spellings = unpacked(data)
            following = iter(spellings)
            each = counted * (len(places) // len(counted))
            found[term] = [
                (place, one & 0x7F, next(following) if one & 0x80 else None)
                for place, one in zip(places, each, strict=True)
            ]
    return found
