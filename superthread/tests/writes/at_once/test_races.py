"""Races between real processes, in small; script/bench races runs them in full."""

import pytest

from testing.consistency.races import Caller, check_updates, contend, duplicate


@pytest.fixture
def caller(new_hub):
    hub = new_hub(workers=4, HUB_RATE_LIMIT="off")
    with Caller(hub.url, hub.token("mina@example.com")) as caller:
        yield caller


@pytest.mark.drill
def test_contended_updates_lose_nothing_and_number_without_gaps(caller):
    for guarded in (True, False):
        told = contend(caller, clients=8, memories=2, updates=40, guarded=guarded)
        assert sum(map(len, told.acknowledged.values())) == 40
        assert check_updates(caller, told, guarded=guarded) == []


def test_duplicates_of_a_keyed_save_make_one_memory(caller):
    assert duplicate(caller, keys=10, twins=5) == []
