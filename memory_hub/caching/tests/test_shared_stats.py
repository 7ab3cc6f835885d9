"""Statistics and commands over all processes of a host."""

import itertools
import math
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest

from memory_hub.caching import cache_result, generations, registry, shared_stats
from memory_hub.caching.registry import Housekeeper
from memory_hub.caching.shared_stats import Command, SharedStats
from memory_hub.caching.statistics import CacheStatistics, Counter, total
from memory_hub.caching.stores import LRUCache
from memory_hub.caching.tests import processes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "board.map"


def worker(path, name="answers", entries=3):
    """A process of its own as far as others can tell, with a cache that holds something."""
    cache = LRUCache(10, name=name)
    housekeeper = Housekeeper(SharedStats(path))
    housekeeper.add(cache)
    for number in range(entries):
        cache.set(number, number)
    return cache, housekeeper


def test_numbers_of_all_processes_are_summed(path):
    one, _first = worker(path, entries=2)
    two, _second = worker(path, entries=3)
    one.get(0), one.get("unknown"), two.get(0)
    row = registry.total(SharedStats(path).statistics())["answers"]
    assert (row.entries, row.max_entries, row.hits, row.misses) == (5, 20, 2, 1)
    assert row.hit_rate == pytest.approx(2 / 3)


def test_a_cache_that_nobody_has_asked_hits_nothing(path):
    row = worker(path, entries=0)[0].statistics()
    assert (row.hit_rate, row.entries) == (0.0, 0)


def test_sums_are_of_each_number_by_name_of_the_cache():
    one = CacheStatistics("answers", "lru", 1, 2, 3, 4, 5, 6, 7)
    other = CacheStatistics("answers", "lru", 10, 20, 30, 40, 50, 60, 70)
    third = CacheStatistics("callers", "ttl", 8, 8, 8, 8, 8, 8, 8)
    assert total([one, other, third]) == {
        "answers": CacheStatistics("answers", "lru", 11, 22, 33, 44, 55, 66, 77),
        "callers": third,
    }


def test_what_was_counted_before_joining_is_kept(path):
    cache = LRUCache(10, name="answers")
    cache.get("unknown")
    Housekeeper(SharedStats(path)).add(cache)
    assert SharedStats(path).statistics()[0].misses == 1


def test_a_dead_process_leaves_its_counts_but_not_its_entries(path, monkeypatch):
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as others:
        for owner in (10, 11):
            others.submit(processes.count_hits, path, owner, 100).result()
    monkeypatch.setattr(shared_stats, "DEAD_AFTER_NS", 0)
    row = registry.total(SharedStats(path).statistics())["answers"]
    assert (row.hits, row.entries, row.max_entries) == (200, 0, 0)
    assert sum(1 for row in SharedStats(path)._rows if row.owner) == 1


def test_a_process_that_stood_still_for_long_is_counted_again(path, monkeypatch):
    cache, housekeeper = worker(path, name="still", entries=2)
    cache.get(0)
    with monkeypatch.context() as late:
        late.setattr(shared_stats, "DEAD_AFTER_NS", 0)
        SharedStats(path).statistics()  # takes it for dead
    _other, _keeper = worker(path, name="other", entries=3)
    housekeeper._beat()
    cache.get(1)
    rows = registry.total(SharedStats(path).statistics())
    assert (rows["still"].entries, rows["still"].hits, rows["other"].entries) == (2, 2, 3)


def test_a_process_that_beats_keeps_its_row(path):
    _cache, housekeeper = worker(path)
    [(_, row)] = housekeeper._members
    housekeeper._beat()
    assert [kept for _, kept in housekeeper._members] == [row]


def test_what_the_caches_of_a_process_weigh_is_summed(path):
    heavy, housekeeper = worker(path)
    light, gone = LRUCache(10, name="light"), LRUCache(10, name="gone")
    for cache, weight in ((heavy, 40), (light, 2), (gone, 500)):
        cache.set("heavy", 1, weight=weight)
    housekeeper.add(light), housekeeper.add(gone)
    del cache, gone
    assert housekeeper.weight() == 42


@pytest.mark.parametrize("step", [timedelta(days=10), timedelta(days=-10)])
def test_no_process_is_taken_for_dead_when_the_clock_is_set(path, monkeypatch, step):
    SharedStats(path).join(10, "answers", "lru", 10)
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + step // timedelta(microseconds=1) * 1000)
    assert len(SharedStats(path).rows()) == 1


def test_a_beat_counts_from_its_moment_until_it_is_too_old(path):
    row = SharedStats(path).join(10, "answers", "lru", 10)
    beat = row.words[1]
    assert row.is_alive(beat)
    assert row.is_alive(beat + shared_stats.DEAD_AFTER_NS - 1)
    assert not row.is_alive(beat + shared_stats.DEAD_AFTER_NS)
    assert not row.is_alive(beat - 1)


def test_what_a_process_left_that_died_while_it_joined_is_not_counted(path):
    """It says last whose a row is."""
    stats = SharedStats(path)
    stats._rows[0].cells[Counter.HITS] = 7
    assert stats.join(10, "answers", "lru", 10).statistics().hits == 0


def test_a_command_from_before_is_nothing_to_a_cache_that_joins(path):
    stats = SharedStats(path)
    posted = stats.post(Command.CLEAR)
    row = stats.join(10, "answers", "lru", 10)
    assert row.removed_for(posted.sequence) == 0


@pytest.mark.parametrize("name", ["a" * 64, "a" * 65, "기억" * 20])
def test_a_long_name_is_cut_where_the_room_ends(path, name):
    SharedStats(path).join(10, name, "lru", 10)
    [row] = SharedStats(path).statistics()
    assert row.name == name.encode()[:64].decode("utf-8", "replace")
    assert (row.backend, row.max_entries) == ("lru", 10)


def test_a_full_file_costs_the_statistics_and_nothing_else(path, monkeypatch):
    stats = SharedStats(path)
    monkeypatch.setattr(stats, "_rows", [])
    cache, housekeeper = LRUCache(10, name="answers"), Housekeeper(stats)
    housekeeper.add(cache)
    cache.set("a", 1)
    assert cache.get("a") == 1
    housekeeper._beat()
    assert housekeeper.weight() == 0


@pytest.mark.usefixtures("data_directory")
def test_clear_empties_every_process_and_says_how_many_went(path):
    (one, first), (two, second) = worker(path, entries=2), worker(path, entries=3)
    assert first is not second
    assert registry.clear() == {"answers": 5}
    assert (len(one), len(two)) == (0, 0)


def test_what_a_command_removes_is_told_beside_what_was_counted(path):
    cache, housekeeper = worker(path, entries=2)
    housekeeper.loop.stop()
    for _ in range(5):
        cache.get(0)
    posted = SharedStats(path).post(Command.CLEAR)
    housekeeper.look()
    [row] = SharedStats(path).rows()
    assert (row.removed_for(posted.sequence), row.statistics().hits) == (2, 5)
    cache.get(0)
    assert (row.removed_for(posted.sequence), row.statistics().misses) == (2, 1)


@pytest.mark.usefixtures("data_directory")
def test_a_command_waits_for_those_who_look_and_no_longer(path, monkeypatch):
    naps = itertools.count()

    def nap(seconds):
        assert next(naps) < 1000, "it waits for something else"
        time.sleep(seconds)

    clock = SimpleNamespace(monotonic=time.monotonic, sleep=nap)
    monkeypatch.setattr(registry, "time", clock)
    monkeypatch.setattr(registry, "ACKNOWLEDGE_SECONDS", math.inf)
    _cache, housekeeper = worker(path, entries=2)
    assert registry.clear() == {"answers": 2}
    housekeeper.loop.stop()
    monkeypatch.setattr(registry, "ACKNOWLEDGE_SECONDS", 0.0)
    assert registry.clear() == {"answers": 0}


@pytest.mark.usefixtures("data_directory")
def test_cleanup_drops_the_outdated_in_every_process_and_keeps_the_rest(path):
    calls = []

    @cache_result(ttl=60, key_prefix="dropped")
    def dropped(value):
        return value

    @cache_result(ttl=60, key_prefix="kept")
    def kept(value):
        calls.append(value)

    dropped(1), dropped(2), kept(1)
    generations.current().bump("results:dropped")
    assert registry.cleanup() == {"dropped": 2, "kept": 0}
    kept(1)
    assert calls == [1]


@pytest.mark.usefixtures("data_directory")
def test_a_cleared_answer_is_not_used_even_by_a_process_that_does_not_look(path):
    @cache_result(ttl=60, key_prefix="answers")
    def answer():
        return time.perf_counter_ns()

    first = answer()
    generations.current().bump_all()
    assert answer() != first


def test_a_command_is_carried_out_once_by_each_process(path):
    cache, housekeeper = worker(path, entries=2)
    stats = SharedStats(path)
    stats.post(Command.CLEAR)
    housekeeper.look()
    cache.set("new", 1)
    housekeeper.look()
    assert "new" in cache
