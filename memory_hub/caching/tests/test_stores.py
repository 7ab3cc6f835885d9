"""LRUCache and TTLCache: bounds, order, time, statistics, threads."""

import threading
import time

import pytest

from memory_hub.caching import LRUCache, TTLCache


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when told to."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(time, "monotonic", lambda: Clock.now)
    return Clock


def test_the_least_recently_used_entry_goes_first():
    cache = LRUCache(maxsize=2)
    cache.set("a", 1)
    cache.set("b", 2)
    cache.get("a")
    cache.set("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]
    assert cache.statistics().evictions == 1


def test_none_is_a_value_and_not_a_miss():
    cache = LRUCache()
    cache.set("nothing", None)
    assert cache.get("nothing", "default") is None
    assert cache.get("unknown", "default") == "default"
    assert cache.get("also unknown") is None
    assert (cache.statistics().hits, cache.statistics().misses) == (1, 2)


def test_an_entry_dies_when_its_time_is_over(clock):
    cache = TTLCache(ttl_seconds=10)
    cache.set("a", 1)
    cache.set("short", 2, ttl=3)
    assert TTLCache(0.5).ttl == 0.5
    clock.now += 3
    assert (cache.get("a"), cache.get("short")) == (1, None)
    clock.now += 7
    assert cache.get("a") is None
    assert (cache.statistics().expired, len(cache)) == (2, 0)


def test_what_may_live_no_longer_is_not_stored_and_replaces_what_was():
    cache = LRUCache()
    cache.set("a", 1)
    cache.set("a", 2, ttl=0)
    assert ("a" in cache, len(cache)) == (False, 0)
    cache.set("b", 2, ttl=-1)
    assert len(cache) == 0


def test_the_weight_of_all_entries_is_bounded():
    cache = LRUCache(maxsize=100, max_weight=10)
    cache.set("a", 1, weight=6)
    cache.set("b", 2, weight=6)
    assert ("a" in cache, "b" in cache) == (False, True)
    cache.set("huge", 3, weight=11)
    assert ("b" in cache, "huge" in cache) == (True, False)
    cache.set("all there is room for", 4, weight=10)
    assert (cache.get("all there is room for"), cache.weight, len(cache)) == (4, 10, 1)


def test_what_is_deleted_leaves_room_and_counts_as_no_longer_true():
    cache = LRUCache(max_weight=10)
    cache.set("a", 1, weight=6)
    assert (cache.delete("a"), cache.delete("a")) == (True, False)
    assert (cache.weight, len(cache)) == (0, 0)
    assert (cache.statistics().invalidations, cache.statistics().entries) == (1, 0)


def test_replacing_an_entry_replaces_its_weight():
    cache = LRUCache(max_weight=10)
    for _ in range(5):
        cache.set("a", 1, weight=6)
    cache.set("b", 2, weight=4)
    assert ("a" in cache, "b" in cache) == (True, True)


def test_cleanup_takes_the_expired_and_the_outdated_only(clock):
    cache = LRUCache()
    cache.set("expired", 1, ttl=1)
    cache.set("outdated", 2)
    cache.set("good", 3)
    clock.now += 2
    assert cache.cleanup(lambda value: value == 2) == 2
    assert (len(cache), cache.get("good")) == (1, 3)


def test_at_its_very_end_an_entry_is_gone(clock):
    cache = TTLCache(ttl_seconds=10)
    cache.set("a", 1)
    cache.set("longer", 2, ttl=11)
    clock.now += 10
    assert ("a" in cache, "longer" in cache) == (False, True)
    assert (cache.cleanup(), cache.statistics().expired, len(cache)) == (1, 1, 1)


def test_clear_says_how_many_entries_went():
    cache = LRUCache()
    cache.set("a", 1)
    cache.set("b", 2, weight=3)
    assert (cache.clear(), len(cache), cache.clear(), cache.weight) == (2, 0, 0, 0)
    assert (cache.statistics().invalidations, cache.statistics().entries) == (2, 0)


def test_a_cache_may_have_room_for_one():
    cache = LRUCache(1)
    cache.set("a", 1)
    cache.set("b", 2)
    assert (cache.get("a"), cache.get("b")) == (None, 2)


@pytest.mark.parametrize("make", [LRUCache, TTLCache])
def test_unless_told_otherwise_a_cache_has_room_for_128(make):
    cache = make()
    for number in range(200):
        cache.set(number, number)
    assert (len(cache), cache.statistics().max_entries) == (128, 128)


@pytest.mark.parametrize("make", [lambda: LRUCache(0), lambda: TTLCache(0), lambda: TTLCache(-1)])
def test_a_cache_without_room_or_time_is_refused(make):
    with pytest.raises(ValueError, match="must be"):
        make()


def test_threads_keep_the_bound_and_the_counts():
    cache = LRUCache(maxsize=50)

    def work(number: int) -> None:
        for i in range(2000):
            cache.set((number, i % 40), i)
            cache.get((number, i % 40))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statistics = cache.statistics()
    assert len(cache) == statistics.entries == 50
    assert cache._weight == 0
