"""What was met last, by its key."""

import pytest

from memory_hub.core.recent import Recent, RecentBytes


def test_what_is_asked_for_stays_and_all_else_goes():
    recent = Recent[str, int](4)
    recent.keep({"alone": 1, "among others": 2, "unused": 3})
    for number in range(10):
        recent.keep({f"new {number}": number})
        assert recent.get("alone") == 1
        assert recent.found(["among others", "missing"]) == {"among others": 2}
    assert recent.get("unused") is recent.get("missing") is None


@pytest.mark.parametrize("at_once", [1, 3, 49, 1_000])
def test_values_have_no_more_bytes_than_there_is_room(at_once):
    recent = RecentBytes[int, bytes](1_000, len)
    for start in range(0, 1_000, at_once):
        recent.keep({number: bytes(10) for number in range(start, start + at_once)})
        # What is used counts, too: all of it is asked for again and again.
        kept = recent.found(range(start + at_once))
        assert sum(map(len, kept.values())) <= 1_000
        assert recent.found(range(start, start + min(at_once, 50)))
    recent.forget()
    assert not recent.found(range(1_000))


def test_a_value_without_room_is_not_kept():
    recent = RecentBytes[int, bytes](1_000, len)
    recent.keep({1: bytes(10)})
    recent.keep({2: bytes(501)})
    assert recent.found([1, 2]) == {1: bytes(10)}
