"""Writers side by side, in threads with connections of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services import ensure_user
from memory_hub.core.identity import OPERATOR
from superthread.models import SearchDocument, SearchTerm
from superthread.search.index.holders import Holders
from superthread.search.index.indexer import prune_vocabulary
from superthread.search.index.packing import ids_of
from superthread.search.retrieval.lists import Snapshot
from superthread.services.lifecycle import purge_all
from superthread.services.save import save_all
from superthread.store_terms import Draft

WRITERS, ROUNDS = 6, 5


def at_once(function, arguments):
    """Calls the function with each argument in a thread of its own, all starting together."""
    ready = threading.Barrier(len(arguments))

    def run(argument):
        try:
            ready.wait()
            return function(argument)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(arguments)) as threads:
        return list(threads.map(run, arguments))


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_writers_that_bring_the_same_new_words_all_succeed():
    by = principal_of(ensure_user("mina@example.com", by=OPERATOR), "command")
    words = [f"zebra{number} giraffe{number}" for number in range(40)]

    def write(number):
        # Each in another order: without one order of all, they would wait for each other for ever.
        shift = number * 7
        text = " ".join(words[shift:] + words[:shift])
        return [len(save_all([Draft(f"{text} round{n}")] * 3, by=by)) for n in range(ROUNDS)]

    assert at_once(write, range(WRITERS)) == [[3] * ROUNDS] * WRITERS
    assert SearchTerm.objects.filter(text="zebra0").count() == 1
    term = SearchTerm.objects.get(text="zebra0")
    snapshot = Snapshot(Holders(), [term.pk])
    assert snapshot.documents(term.pk) == snapshot.total == 3 * ROUNDS * WRITERS


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_pruning_words_takes_none_from_a_writer():
    by = principal_of(ensure_user("mina@example.com", by=OPERATOR), "command")

    def work(number):
        for _ in range(ROUNDS):
            if number == 0:
                prune_vocabulary()
            else:
                (row,) = save_all([Draft("zebra giraffe comes and goes")], by=by)
                with transaction.atomic():
                    purge_all([row], by=OPERATOR)
        if number:
            save_all([Draft("zebra giraffe stays")], by=by)

    at_once(work, range(4))
    words = set(SearchTerm.objects.values_list("id", flat=True))
    indexed = [ids_of(bytes(one.terms)) for one in SearchDocument.objects.all()]
    assert set().union(*indexed) <= words
    assert sorted(map(len, indexed)) == [3, 3, 3]
