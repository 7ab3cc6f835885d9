"""How much a generated test tries: a part of it every day, all of it beside drills."""

# A run of all tests tries so many times as many examples as one without drills.
LESS = 6
FEWEST = 3
# Whether this run takes drills in; conftest.py says so before tests are collected.
drills = False


def at_most(examples: int) -> int:
    """So many examples in a run with drills, else a part of them, the first ones."""
    return examples if drills else max(examples // LESS, min(examples, FEWEST))
