"""Many cases of one kind, which are worth their time on one kind of database each."""

from collections.abc import Iterable
from typing import Any

import pytest


def halved(cases: Iterable[Any]) -> list[Any]:
    """The cases as parameters: the first, third, … for SQLite's run of the suite, the others for
    PostgreSQL's. For drills whose like runs on both, with fewer cases."""
    kinds = ("sqlite", "postgresql")
    return [
        pytest.param(case, marks=pytest.mark.only_on(kinds[number % 2]))
        for number, case in enumerate(cases)
    ]
