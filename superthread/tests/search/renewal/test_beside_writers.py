"""A reindex beside writers, folders and other runs that are really at the same time."""

import io
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services import ensure_user
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, SearchFresh, SearchRenewal, SearchSegment
from superthread.search.index.holders import Holders
from superthread.search.index.indexer import prune_vocabulary
from superthread.search.index.vocabulary import id_in, known
from superthread.search.retrieval.lists import Snapshot, steady
from superthread.services.lifecycle import purge_all
from superthread.services.save import save_all
from superthread.store_terms import Draft
from superthread.tests.search.index.folded import MEMORIES, fold, texts
from superthread.tests.search.renewal.renewed import (
    assert_nothing_is_left,
    begun,
    ids_of,
    older,
)

OLD, NEW = "zeb", "zebra"


class Writers:
    """Somebody who changes memories at random, and what has become of them."""

    def __init__(self, mina, jun, ids, seed):
        self.mina, self.jun, self.random = mina, jun, random.Random(seed)
        self.untouched, self.others, self.gone, self.public = set(ids), set(), set(), set()

    def act(self):
        verb = self.random.choice(("save", "edit", "move", "say", "trash", "purge", "fold"))
        if verb == "fold":
            fold()
        elif verb == "save":
            self.others.add(self.mina.save("zebra and a lion")["doc_id"])
        else:
            doc_id = self.random.choice(sorted((self.untouched | self.others) - self.gone))
            getattr(self, verb)(f"{MEMORIES}/{doc_id}")
            self.untouched.discard(doc_id)
            self.others.add(doc_id)
            if verb in ("trash", "purge"):
                self.gone.add(doc_id)

    def edit(self, url):
        assert self.mina.patch(url, json={"content": "zebra and a lion"}).status_code == 200

    def say(self, url):
        assert self.mina.patch(url, json={"metadata": {"title": "zebra"}}).status_code == 200

    def move(self, url):
        public = url not in self.public
        scope = {"scope": "public" if public else "personal"}
        assert self.mina.patch(url, json=scope).status_code == 200
        (self.public.add if public else self.public.remove)(url)

    def trash(self, url):
        assert self.mina.delete(url).status_code == 204

    def purge(self, url):
        assert self.mina.delete(f"{url}?permanent=true").status_code == 204
        self.public.discard(url)

    def compare(self):
        """Each memory is found as often as it shall be, and by whom; those that nobody has touched
        by the old index until the new one takes over."""
        is_done = not SearchRenewal.objects.exists()
        old, new = ([*ids_of(self.mina, query)] for query in ("zeb", "zebra"))
        assert len(set(old)) == len(old)
        assert len(set(new)) == len(new)
        assert set(old) | set(new) == (self.untouched | self.others) - self.gone
        touched = self.others - self.gone
        if is_done:
            assert not self.untouched & set(old)
        else:
            assert self.untouched <= set(old)
            assert not self.untouched & set(new)
        lions = {*ids_of(self.mina, "lion")}
        assert lions <= touched
        theirs = {*ids_of(self.jun, "zeb"), *ids_of(self.jun, "zebra")}
        assert theirs == {url.rpartition("/")[2] for url in self.public} - self.gone


@pytest.mark.parametrize("seed", range(6))
def test_what_changes_meanwhile_is_found_as_it_is_now_and_once(
    mina, api, older_analyzer, small_steps, index_of, seed
):
    ids = [mina.save(text)["doc_id"] for text in texts(11)]
    older_analyzer()
    fold()
    writers = Writers(mina, api("jun@example.com"), ids, seed)
    for _ in begun():
        for _ in range(3):
            writers.act()
            writers.compare()
    writers.compare()
    fold()
    writers.compare()
    assert not {*ids_of(mina, "zeb")}
    assert_nothing_is_left()
    whole = index_of()
    assert len(whole) == Memory.objects.count()
    call_command("reindex", "--all", "--quiet", stdout=io.StringIO())
    assert index_of() == whole


def having(*words):
    """The memories that searches of everything find by the words, each as often as it is found."""

    def once():
        numbers = known(words)
        snapshot = Snapshot(Holders(), [id_in(one) for one in numbers.values()])
        return [
            pk for one in numbers.values() for pk in sorted(snapshot.newest(id_in(one), 10_000))
        ], snapshot.total

    return steady(once)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_writers_folders_and_searches_beside_it_miss_nothing_and_see_nothing_twice(
    monkeypatch, small_steps
):
    by = principal_of(ensure_user("mina@example.com", by=OPERATOR), "command")
    rows = save_all([Draft(f"zebra {number}") for number in range(24)], by=by)
    older(monkeypatch)
    fold()
    over = threading.Event()
    seen = []

    def until_it_is_over(act):
        try:
            while not over.is_set():
                act()
        finally:
            connections.close_all()

    def write():
        (row,) = save_all([Draft("zebra comes and goes")], by=by)
        save_all([Draft("zebra stays")], by=by)
        with transaction.atomic():
            purge_all([row], by=OPERATOR)

    def search():
        found, total = having(OLD, NEW)
        assert len(set(found)) == len(found)
        assert len(found) == total
        seen.append({row["id"] for row in rows} <= set(found))

    with ThreadPoolExecutor(5) as threads:
        others = [
            threads.submit(until_it_is_over, act)
            for act in (write, write, fold, search, prune_vocabulary)
        ]
        try:
            assert sum(begun()) >= 24
        finally:
            over.set()
        for one in others:
            one.result()
    sum(begun())
    assert seen
    assert all(seen)
    assert having(OLD)[0] == []
    assert sorted(having(NEW)[0]) == sorted(Memory.objects.values_list("pk", flat=True))
    fold()
    assert not SearchFresh.objects.exists()
    present = [one.memories - len(one.gone) // 2 for one in SearchSegment.objects.all()]
    assert sum(present) == Memory.objects.count()
    assert_nothing_is_left()
