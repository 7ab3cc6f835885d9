"""What `script/bench http compare` says of its goals."""

import pytest

from benchmarks.http.goals import BEFORE, GOALS, goals_table, pairs_table, ratios
from benchmarks.http.load import Outcome


def outcome(answers: int, worker: float = 0.0, database: float = 0.0) -> Outcome:
    return Outcome(seconds=1.0, latencies=[0.001] * answers, worker=worker, database=database)


def told(results, memories=10_000):
    """Load, connections, figure and whether it is met, of each goal that is told of."""
    rows = [row.strip("| ").split(" | ") for row in goals_table(results, memories)[2:]]
    return {(row[0], int(row[1]), row[3]): row[6] for row in rows}


def detail(ours: Outcome, before: Outcome) -> dict[str, dict[str, list[Outcome]]]:
    return {"detail": {"hub": [ours], BEFORE: [before]}}


@pytest.mark.parametrize(
    ("answers", "worker", "expected"),
    [
        (400, 0.08, {"answers/s": "met", "processor": "met"}),
        (399, 0.08, {"answers/s": "**missed**", "processor": "**missed**"}),
        (500, 0.11, {"answers/s": "met", "processor": "**missed**"}),
    ],
)
def test_more_answers_and_less_of_the_processor_meet_a_goal(answers, worker, expected):
    found = told({16: detail(outcome(answers, worker), outcome(100, 0.1))})
    assert {figure: met for (_, _, figure), met in found.items()} == expected


def test_a_goal_is_told_of_its_number_of_connections_alone():
    results = {count: detail(outcome(9, 0.1), outcome(9, 0.1)) for count in (1, 16, 32, 64)}
    assert set(told(results)) == {
        ("detail", 1, "processor"),
        ("detail", 16, "processor"),
        ("detail", 16, "answers/s"),
        ("detail", 64, "answers/s"),
    }


@pytest.mark.parametrize(
    ("memories", "figures"),
    [
        (10_000, {"worker", "PostgreSQL", "answers/s"}),
        (100_000, {"processor", "answers/s"}),
    ],
)
def test_searches_have_other_goals_among_many_memories(memories, figures):
    both = {"hub": [outcome(9, 0.1, 0.1)], BEFORE: [outcome(9, 0.1, 0.1)]}
    found = told({16: {"search": both}}, memories)
    assert {figure for _, _, figure in found} == figures


def test_ratios_are_of_the_same_round():
    ours = [outcome(10), outcome(100)]
    before = [outcome(5), outcome(50)]
    ran = {"detail": {"hub": ours, BEFORE: before}}
    assert ratios(ran, "detail", "hub", BEFORE, "answers/s") == [2.0, 2.0]


def test_a_figure_that_the_other_has_not_is_not_told():
    """As that of PostgreSQL of a hub on SQLite."""
    ran = detail(outcome(9, 0.1), outcome(9, 0.1))
    assert ratios(ran, "detail", "hub", BEFORE, "PostgreSQL") == []
    assert pairs_table(ran)[-1] == (
        "| detail | hub / hub before | 1.00 (1.00..1.00) | 1.00 (1.00..1.00) "
        "| 1.00 (1.00..1.00) | – |"
    )


def test_every_goal_is_of_a_load_that_there_is():
    from benchmarks.http.compare import LOADS

    assert {goal.load for goal in GOALS} <= {load.name for load in LOADS}
