"""Saves of one transaction are judged each by its own token."""

import threading

import pytest
from django.db import connection

from memory_hub.core.errors import HubError
from superthread.models import Memory
from superthread.services import save
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from superthread.tests.restricted.worlds import restriction_of

RESTRICTIONS = [
    {},
    {"personal": True},
    {"teams": ["alpha"]},
    {"category": "notes"},
    {"personal": True, "category": "notes"},
]
DRAFTS = [
    Draft("Personal, default."),
    Draft("Personal, notes.", category="notes"),
    Draft("Alpha's.", "team", team_key="alpha"),
    Draft("Alpha's notes.", "team", "notes", "alpha"),
]
ALLOWED = [{0, 1, 2, 3}, {0, 1}, {2, 3}, {1, 3}, {1}]


@pytest.mark.django_db(transaction=True)
def test_each_save_of_a_group_is_judged_by_its_own_token(monkeypatch):
    from dataclasses import replace

    from memory_hub.accounts import services
    from memory_hub.core.identity import OPERATOR

    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    mina = person("mina@example.com")
    callers = [replace(mina, restriction=restriction_of(**told)) for told in RESTRICTIONS]
    groups, store = [], save._store_together._write
    arrived = threading.Barrier(len(callers) * len(DRAFTS) + 1)

    def noted(group):
        groups.append(len(group))
        return store(group)

    monkeypatch.setattr(save._store_together, "_write", noted)
    outcomes = {}

    def run(number, place):
        arrived.wait()
        try:
            row = save.save(DRAFTS[place], by=callers[number])
            outcomes[number, place] = row["id"]
        except HubError as error:
            outcomes[number, place] = error.code
        finally:
            connection.close()

    pairs = [(number, place) for number in range(len(callers)) for place in range(len(DRAFTS))]
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    # All of them wait for one that is being saved, and are then saved together.
    with save._store_together._lock:
        arrived.wait()
    for thread in threads:
        thread.join()
    for (number, place), outcome in outcomes.items():
        if place in ALLOWED[number]:
            assert Memory.objects.get(pk=outcome).content == DRAFTS[place].content
        else:
            assert outcome == "token-restricted"
    assert Memory.objects.count() == sum(map(len, ALLOWED)) == sum(groups)
    assert max(groups) > 1
