"""Emptying what all workers share, in files and in Redis."""

import pytest
from django.core.cache import caches

from memory_hub.caching import maintenance
from memory_hub.conf.caches import caches as configured

SHARED = ("default", "shared")


@pytest.fixture(params=["files", "redis"])
def filled(request, settings, tmp_path):
    """Django's caches with something in each, in files or in a Redis of their own."""
    server = request.getfixturevalue("redis_server") if request.param == "redis" else None
    settings.REDIS_URL = server.url if server else None
    settings.CACHES = configured(tmp_path, settings.REDIS_URL)
    for name in (*SHARED, "ttl"):
        caches[name].set("kept", name)
    yield server
    for name in SHARED:
        caches[name].close()


def test_clearing_empties_every_cache(filled):
    removed = maintenance.clear()
    assert {name: caches[name].get("kept") for name in (*SHARED, "ttl")} == dict.fromkeys(
        (*SHARED, "ttl")
    )
    if filled:
        assert [removed[name] for name in SHARED] == [1, 1]


@pytest.mark.drill
@pytest.mark.parametrize("filled", ["redis"], indirect=True)
def test_of_a_redis_that_is_away_nothing_went(filled):
    filled.stop()
    removed = maintenance.clear()
    assert [removed[name] for name in SHARED] == [0, 0]


@pytest.mark.drill
def test_clearing_takes_nothing_of_others_out_of_the_same_redis(filled):
    if filled:
        filled.client().set("of others", "stays")
    maintenance.clear()
    again = maintenance.clear()
    if filled:
        assert filled.client().keys() == [b"of others"]
        assert [again[name] for name in SHARED] == [0, 0]
