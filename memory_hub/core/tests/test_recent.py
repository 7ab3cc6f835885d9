"""What was met last, by its key."""

from memory_hub.core.recent import Recent, RecentBytes


def test_what_is_asked_for_stays_and_all_else_goes():
    recent = Recent[str, int](4)
    recent.keep({"alone": 1, "among others": 2, "unused": 3})
    for number in range(10):
        recent.keep({f"new {number}": number})
        assert recent.get("alone") == 1
        assert recent.found(["among others", "missing"]) == {"among others": 2}
    assert recent.get("unused") is recent.get("missing") is None


def test_values_have_no_more_bytes_than_there_is_room():
    recent = RecentBytes[int, bytes](1_000, len)
    for number in range(500):
        recent.keep({number: bytes(10)})
        # What is used counts, too: all of it is asked for again and again.
        kept = recent.found(range(number + 1))
        assert sum(map(len, kept.values())) <= 1_100
    assert recent.found([499])
    recent.forget()
    assert not recent.found(range(500))
