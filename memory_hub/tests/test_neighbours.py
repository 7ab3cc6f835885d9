"""What script/bench neighbours does at length, once and small: it attacks, and it measures."""

from pathlib import Path

import pytest

from benchmarks.neighbours.__main__ import main

pytestmark = pytest.mark.drill


@pytest.mark.only_on("sqlite")
def test_a_victim_is_measured_beside_an_attacker_of_two_builds_and_elsewhere(capsys):
    here = str(Path(__file__).resolve().parents[2])
    how = ["--database", "sqlite", "--seconds", "2", "--settle", "1"]
    main(["visits", *how, "--base", here, "--elsewhere"])
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[2] for row in rows] == ["base", "here", "elsewhere"]
    assert all(float(row[4]) > 0 and " x 200" in row[-1] for row in rows)
