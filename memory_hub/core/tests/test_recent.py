"""What was met last, by its key."""

from memory_hub.core.recent import Recent


def test_what_is_asked_for_stays_and_all_else_goes():
    recent = Recent[str, int](4)
    recent.keep({"alone": 1, "among others": 2, "unused": 3})
    for number in range(10):
        recent.keep({f"new {number}": number})
        assert recent.get("alone") == 1
        assert recent.found(["among others", "missing"]) == {"among others": 2}
    assert recent.get("unused") is recent.get("missing") is None
