"""What a search of common words asks of the database, however many memories a caller reaches."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from superthread.search import service
from superthread.search.index.holders import among_numbers
from superthread.tests.access.worlds import person
from testing.filled import fill, make_people


@pytest.fixture
def filled(db):
    by, _ = make_people(12)
    fill(0, 400)
    return person(by.email)


def test_what_was_ranked_for_a_page_is_not_ranked_again_for_its_ties(filled, monkeypatch):
    monkeypatch.setattr("superthread.search.results.paging.TIED", 30)
    with connection.cursor() as cursor:
        # All of one score, so that a page asks for more than it shows.
        cursor.execute("UPDATE superthread_search_posting SET length = 80")
    with CaptureQueriesContext(connection) as caught:
        found = service.search(
            query='"meeting notes"', by=filled, limit=10, show=lambda one: one.score
        )
    assert len(found.results) == 10
    ranked = [one["sql"] for one in caught if "AS every" in one["sql"]]
    assert len(ranked) == 1


@pytest.mark.only_on("postgresql")
def test_a_long_list_of_holders_is_looked_up_by_a_hash(db):
    listed = among_numbers("holder", list(range(-500, 0)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = 'superthread_search_posting'::regclass AND attname = 'holder'"
        )
        # PostgreSQL hashes a list of the column's own kind, and no other.
        (kind,) = cursor.fetchone()
    assert f"::{kind}[]" in listed
