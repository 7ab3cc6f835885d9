"""What a search of common words asks of the database, however many memories a caller reaches."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from superthread.models import SearchDocument
from superthread.search import service
from superthread.tests.access.worlds import person
from testing.filled import fill, make_people


@pytest.fixture
def filled(db):
    by, _ = make_people(12)
    fill(0, 400)
    return person(by.email)


def test_what_was_ranked_for_a_page_is_not_ranked_again_for_its_ties(filled, monkeypatch):
    monkeypatch.setattr("superthread.search.results.paging.TIED", 30)
    # All of one score, so that a page asks for more than it shows.
    SearchDocument.objects.update(length=80)
    with CaptureQueriesContext(connection) as caught:
        found = service.search(
            query='"meeting notes"', by=filled, limit=10, show=lambda one: one.score
        )
    assert len(found.results) == 10
    read = [one["sql"] for one in caught if "superthread_search_fresh" in one["sql"]]
    assert len(read) <= 2 if connection.vendor == "postgresql" else len(read) == 1


def test_hits_are_looked_for_once_whatever_is_asked_of_them(filled):
    """Whether they may be found, whether their word is spelt right, and when they changed."""
    with CaptureQueriesContext(connection) as caught:
        found = service.search(query="meeting", by=filled, limit=10, show=lambda one: one.score)
    assert len(found.results) == 10
    of_memories = [one for one in caught if "superthread_memory" in one["sql"]]
    # The other one reads what is shown.
    assert len(of_memories) == 2
