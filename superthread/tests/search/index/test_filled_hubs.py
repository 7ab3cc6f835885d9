"""What hubs that the database fills itself are measured with is what their texts say."""

import pytest

from superthread.models import Memory
from superthread.search.index.documents import documents_of
from superthread.search.index.indexer import count_terms
from superthread.search.index.vocabulary import texts_of
from testing.filled import WORDS, fill, make_people
from testing.ordinary import SLOTS


@pytest.mark.drill
def test_documents_of_a_filled_hub_have_the_words_of_their_texts(db):
    make_people(2)
    fill(0, 60, with_ordinary=True)
    fill(60, 100, with_ordinary=True)
    contents = dict(Memory.objects.values_list("pk", "content"))
    documents = documents_of(contents)
    assert len(documents) == 100
    for pk, content in contents.items():
        terms = texts_of(documents[pk].terms)
        counted = count_terms(content).frequencies
        assert len(terms) == len({*terms}) == len(documents[pk].counts)
        assert {*terms} <= {*counted}
        # Beside the number and what is in all of them.
        assert {*counted} - {*terms} <= {"note", "line", str(pk)}
        assert len({*terms} - {*count_terms(" ".join(WORDS)).frequencies}) == SLOTS
