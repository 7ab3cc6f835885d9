"""Whose words are noted, for near spellings: what a process has noted it notes no more, and what
was pruned meanwhile it notes again."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services import ensure_user
from memory_hub.core.identity import OPERATOR
from memory_hub.database.time_limits import without_time_limits
from superthread.models import SearchTerm, SearchWord
from superthread.search.index import indexer
from superthread.search.index.holders import holder_of
from superthread.search.index.indexer import prune_vocabulary
from superthread.services.lifecycle import purge_all
from superthread.services.save import save_all
from superthread.services.steps.facts import facts_of
from superthread.store_terms import Draft
from testing.polling import is_waited_for, wait_until

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
WORD = "pangolins"
TERM = "pangolin"


@pytest.fixture
def by():
    return principal_of(ensure_user("mina@example.com", by=OPERATOR), "command")


def save(by, text=WORD, **more):
    """Saves two; returns their rows, and whether words were noted."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        rows = save_all([Draft(text, **more), Draft(f"{text} two")], by=by)
    return rows, any("superthread_search_word" in one["sql"] for one in seen.captured_queries)


def is_noted(by):
    return SearchWord.objects.filter(text=TERM, holder=holder_of(by.user_id)).exists()


def test_what_was_noted_is_noted_no_more(by):
    assert [save(by)[1] for _ in range(3)] == [True, False, False]
    assert is_noted(by)
    assert save(by, f"{WORD} armadillos")[1]
    # For others it was not.
    assert save(by, scope="public")[1]


def test_what_was_rolled_back_is_noted_again(by):
    for _ in range(3):
        with transaction.atomic():
            save(by)
            transaction.set_rollback(True)
    assert not is_noted(by)
    assert save(by)[1]
    assert is_noted(by)


def test_a_word_that_was_pruned_is_noted_when_it_comes_again(by):
    rows = [row for _ in range(4) for row in save(by)[0]]
    with transaction.atomic():
        purge_all(facts_of([row["id"] for row in rows]), by=OPERATOR)
    prune_vocabulary()
    assert not SearchTerm.objects.filter(text=TERM).exists()
    assert not is_noted(by)
    save(by)
    assert is_noted(by)


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("is_long", [False, True], ids=["few words", "reserved words"])
def test_a_word_that_comes_again_while_words_are_deleted_is_noted(by, monkeypatch, is_long):
    rows, _ = save(by, f"armadillos {WORD}")
    with transaction.atomic():
        purge_all(facts_of([row["id"] for row in rows]), by=OPERATOR)
    if is_long:
        monkeypatch.setattr(indexer, "MANY", 0)
    other = principal_of(ensure_user("jun@example.com", by=OPERATOR), "command")
    savings = []
    with ThreadPoolExecutor(3) as threads:
        with transaction.atomic():
            # The first one to be deleted waits.
            held = SearchWord.objects.select_for_update().filter(text="armadillo")
            assert held.exists()
            list(held)
            pruning = threads.submit(_in_a_thread, prune_vocabulary)
            wait_until(is_waited_for)
            for one in (other, by):
                savings.append(threads.submit(_in_a_thread, partial(save, one)))
                wait_until(lambda: _waiting_for_the_writers_lock() == len(savings))
        assert pruning.result() > 0
        for saving in savings:
            saving.result()
    assert is_noted(by)


def _in_a_thread(work):
    # None of the pool's, which has two.
    connections["default"] = without_time_limits("default")
    try:
        return work()
    finally:
        connections.close_all()


def _waiting_for_the_writers_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
        )
        return cursor.fetchone()[0]
