"""cache_result and cache_invalidate on plain functions."""

import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from memory_hub.caching import cache_invalidate, cache_result, generations, invalidate, memoize
from memory_hub.caching.generations.mapped import expected_generation
from memory_hub.caching.tests.asking import is_current

pytestmark = pytest.mark.usefixtures("data_directory")


def counting(**options):
    """A cached function that returns its argument, and the list of its calls."""
    calls = []

    @cache_result(**{"ttl": 60} | options)
    def echo(value=None, **named):
        calls.append(value)
        return value

    return echo, calls


def test_a_function_runs_once_for_the_same_arguments():
    echo, calls = counting()
    assert [echo(1), echo(1), echo(2), echo(1)] == [1, 1, 2, 1]
    assert calls == [1, 2]


def test_values_of_other_types_are_other_arguments():
    echo, calls = counting()
    for value in (1, True, 1.0, "1"):
        assert echo(value) is value or echo(value) == value
    assert [type(value) for value in calls] == [int, bool, float, str]


def test_the_order_of_keyword_arguments_does_not_matter():
    echo, calls = counting()
    echo(a=1, b=2)
    echo(b=2, a=1)
    assert len(calls) == 1


def test_none_is_cached():
    echo, calls = counting()
    assert [echo(None), echo(None)] == [None, None]
    assert len(calls) == 1


def test_an_exception_is_not_cached():
    calls = []

    @cache_result(ttl=60)
    def fail():
        calls.append(1)
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            fail()
    assert len(calls) == 2


def test_a_result_dies_with_its_time(monkeypatch):
    echo, calls = counting(ttl=10)
    echo(1)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 10)
    echo(1)
    assert calls == [1, 1]


def test_lives_differ_but_never_exceed_the_time_asked_for(monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    echo, _ = counting(ttl=100)
    for value in range(50):
        echo(value)
    lives = {entry.deadline - now for entry in echo.cache._entries.values()}
    assert len(lives) > 40
    assert all(90 <= life <= 100 for life in lives)


def test_a_dear_result_is_renewed_before_its_end_by_one_caller_while_others_are_served(monkeypatch):
    echo, calls = counting(ttl=1000)
    echo(1)
    entry_key, entry = next(iter(echo.cache._entries.items()))
    # As if the result had taken very long: that its renewal is not drawn now is one in a billion.
    echo.cache.set(entry_key, entry.value._replace(cost=1e12), ttl=1000)
    echo(1)
    assert calls == [1, 1]


def test_invalidating_takes_exactly_the_named_functions():
    one, one_calls = counting(key_prefix="first")
    two, two_calls = counting(key_prefix="second")
    three, three_calls = counting(key_prefix="third")

    @cache_invalidate("first", "second")
    def write():
        return "written"

    for _ in range(2):
        one(1), two(1), three(1)
        assert write() == "written"
    one(1), two(1), three(1)
    assert (len(one_calls), len(two_calls), len(three_calls)) == (3, 3, 1)


def test_a_writer_that_fails_invalidates_as_well():
    echo, calls = counting(key_prefix="echoed")

    @cache_invalidate("echoed")
    def write():
        raise RuntimeError

    echo(1)
    with pytest.raises(RuntimeError):
        write()
    echo(1)
    assert len(calls) == 2


def test_invalidating_nothing_is_refused():
    with pytest.raises(ValueError, match="name"):
        cache_invalidate()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_from_an_invalidation_in_a_transaction_to_its_commit_no_result_is_kept():
    with transaction.atomic():
        before = generations.current().stamp(["results:echoed"])
        invalidate("echoed")
        assert generations.current().stamp(["results:echoed"]) is None
    after = generations.current().stamp(["results:echoed"])
    assert not is_current(generations.current(), before)
    assert is_current(generations.current(), after)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_what_was_read_inside_a_transaction_is_not_kept():
    echo, calls = counting()
    with transaction.atomic():
        assert connection.in_atomic_block
        echo(1)
    echo(1)
    assert len(calls) == 2


def test_while_a_change_is_under_way_each_call_is_made_and_counts_as_a_miss():
    echo, calls = counting(key_prefix="echoed")
    change = expected_generation()
    generations.current().expect(["results:echoed"], change)
    assert [echo(1), echo(1)] == [1, 1]
    assert (len(calls), echo.cache.statistics().misses) == (2, 2)
    generations.current().bump("results:echoed", expected=change)
    assert [echo(1), echo(1), len(calls)] == [1, 1, 3]


def test_concurrent_misses_run_the_function_once():
    inside, release, calls = threading.Event(), threading.Event(), []

    @cache_result(ttl=60)
    def slow(value):
        calls.append(value)
        inside.set()
        release.wait(10)
        return value

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(slow, 1)
        assert inside.wait(10)
        rest = [pool.submit(slow, 1) for _ in range(7)]
        release.set()
        assert [run.result() for run in (first, *rest)] == [1] * 8
    assert calls == [1]


def test_who_comes_after_an_invalidation_does_not_join_a_run_from_before():
    inside, release, calls = threading.Event(), threading.Event(), []

    @cache_result(ttl=60, key_prefix="slow")
    def slow():
        calls.append(1)
        if len(calls) == 1:
            inside.set()
            release.wait(10)
            return "before"
        return "after"

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow)
        assert inside.wait(10)
        invalidate("slow")
        assert slow() == "after"
        release.set()
        assert first.result() == "before"
    # The slow reader finished last, and what it read is not put back.
    assert slow() == "after"


def test_methods_can_be_cached_when_their_object_says_what_it_is():
    class Shelf:
        def __init__(self, number):
            self.number, self.calls = number, 0

        def __cache_key__(self):
            return self.number

        @cache_result(ttl=60)
        def books(self):
            self.calls += 1
            return self.number

    one, two = Shelf(1), Shelf(2)
    assert [one.books(), one.books(), two.books()] == [1, 1, 2]
    assert (one.calls, two.calls) == (1, 1)


@pytest.mark.parametrize(("left", "is_due"), [(9.5, True), (10.5, False), (201.0, False)])
def test_a_result_is_renewed_early_by_what_it_costs(monkeypatch, left, is_due):
    monkeypatch.setattr(memoize.time, "monotonic", lambda: 0.0)
    # Of which the logarithm is -1.
    monkeypatch.setattr(memoize.random, "random", lambda: 1 - math.exp(-1))
    result = memoize.Result("value", None, cost=10.0)
    assert memoize._Base._is_due(result, deadline=left) is is_due
