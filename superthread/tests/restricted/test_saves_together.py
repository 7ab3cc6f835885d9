"""Saves of one transaction are each what their own token allows."""

import threading
from dataclasses import replace

import pytest
from django.db import connection

from memory_hub.accounts import services
from memory_hub.core.errors import TokenRestricted
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory
from superthread.services import save
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from superthread.tests.restricted.worlds import restriction_of

DRAFTS = [
    Draft("Personal, default."),
    Draft("Personal, notes.", category="notes"),
    Draft("Alpha's.", "team", team_key="alpha"),
    Draft("Alpha's notes.", "team", "notes", "alpha"),
]
# Restrictions, and which of the drafts each lets through.
CALLERS = [
    ({}, {0, 1, 2, 3}),
    ({"personal": True}, {0, 1}),
    ({"teams": ["alpha"]}, {2, 3}),
    ({"category": "notes"}, {1, 3}),
    ({"personal": True, "category": "notes"}, {1}),
]


@pytest.mark.django_db(transaction=True)
def test_each_save_of_a_group_is_judged_by_its_own_token(monkeypatch):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    mina = person("mina@example.com")
    prepared, expected = [], []
    for told, allowed in CALLERS:
        by = replace(mina, restriction=restriction_of(**told))
        for place, draft in enumerate(DRAFTS):
            if place in allowed:
                prepared.append(save.prepare([draft], by=by))
                expected.append((draft.content, by))
            else:
                with pytest.raises(TokenRestricted):
                    save.prepare([draft], by=by)
    connection.close()
    groups, write = [], save._store_together._write

    def noted(group):
        groups.append([by for one in group for by in one.by])
        return write(group)

    monkeypatch.setattr(save._store_together, "_write", noted)
    outcomes = store_at_once(prepared)
    for number, (content, by) in enumerate(expected):
        assert Memory.objects.get(pk=outcomes[number]["id"]).content == content
        assert any(by in group for group in groups)
    assert Memory.objects.count() == len(expected) == sum(map(len, groups))
    assert max(len({one.restriction for one in group}) for group in groups) > 1


def store_at_once(prepared):
    """Stores each in a thread of its own; all wait for the first, and then for one more."""
    outcomes = {}
    arrived = threading.Barrier(len(prepared) + 1)

    def run(number):
        arrived.wait()
        try:
            outcomes[number] = save.store(prepared[number])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(prepared))]
    for thread in threads:
        thread.start()
    with save._store_together._lock:
        arrived.wait()
    for thread in threads:
        thread.join()
    return outcomes
