"""Keys of calls: what differs never collides, what is the same always meets."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_hub.caching.call_keys import call_key


class Colour(Enum):
    RED = 1


@dataclass(frozen=True)
class Point:
    x: int


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DIFFERENT = [
    1, True, 1.0, "1", b"1", Decimal(1), Decimal("1.0"), None, "None", 0.0, -0.0, False, 0,
    (1,), [1], {1}, frozenset({1}), {"1": 1}, {1: 1}, Colour.RED, Point(1), (1, None),
    ("a", "b"), ("ab",), (("a",), "b"), {"a": 1, "b": 2}, {"b": 2, "a": 1},
    NOON, NOON.astimezone(timezone(timedelta(hours=9))), UUID(int=1), str(UUID(int=1)), [], (), {},
    PurePath("1"), PurePath("2"),
]  # fmt: skip


def test_different_arguments_have_different_keys():
    for one, other in itertools.combinations(DIFFERENT, 2):
        assert call_key((one,), {}) != call_key((other,), {}), (one, other)


def test_the_order_of_keyword_arguments_does_not_matter():
    assert call_key((), {"a": 1, "b": 2}) == call_key((), {"b": 2, "a": 1})


def test_a_keyword_is_not_a_positional_argument():
    calls = [((), {"a": 1}), ((("a", 1),), {}), (("a", 1), {}), (({"a": 1},), {}), ((1,), {})]
    calls += [((), {"a": 2}), ((), {"b": 1}), ((), {}), ((1,), {"a": 1})]
    assert len({call_key(args, kwargs) for args, kwargs in calls}) == len(calls)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=6,
)


@given(st.tuples(plain, plain), st.tuples(plain, plain))
def test_keys_are_equal_exactly_when_the_calls_read_the_same(one, other):
    assert (call_key(one, {}) == call_key(other, {})) == (repr(one) == repr(other))


@pytest.mark.parametrize("value", [object(), Point, print])
def test_an_argument_that_is_no_value_is_refused_rather_than_guessed(value):
    with pytest.raises(TypeError, match="__cache_key__"):
        call_key((value,), {})


def test_an_object_may_say_what_its_key_is():
    class Caller:
        def __init__(self, number):
            self.number = number

        def __cache_key__(self):
            return self.number

    assert call_key((Caller(1),), {}) == call_key((Caller(1),), {})
    assert call_key((Caller(1),), {}) != call_key((Caller(2),), {})
