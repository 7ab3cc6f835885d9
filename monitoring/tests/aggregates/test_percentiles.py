"""Percentiles from buckets agree with numpy's from the durations themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.aggregates.percentiles import percentiles
from monitoring.aggregates.recorder import Recorder
from monitoring.aggregates.series import SeriesTally, merged

durations = st.lists(
    st.integers(min_value=1_000, max_value=900_000_000_000), min_size=1, max_size=300
)
RANKS = (0, 50, 90, 95, 99, 100)


def tally_of(values) -> SeriesTally:
    recorder = Recorder()
    for value in values:
        recorder.record("/route", "GET", 200, value)
    return merged(recorder.take().values())


def estimate(tally: SeriesTally, ranks=RANKS) -> list[float]:
    return percentiles(tally.buckets, ranks, least=tally.min_ns, most=tally.max_ns)


@given(durations)
def test_every_percentile_is_within_the_error_of_numpys(values):
    found = estimate(tally_of(values))
    wanted = np.percentile(values, RANKS)
    assert found == pytest.approx(wanted, rel=0.05 + 1e-9)


@given(durations, durations)
def test_percentiles_of_merged_tallies_are_those_of_all_durations(one, other):
    both = merged([tally_of(one), tally_of(other)])
    assert estimate(both) == estimate(tally_of(one + other))
    assert (both.min_ns, both.max_ns) == (min(one + other), max(one + other))


@given(durations)
def test_percentiles_rise_and_stay_between_the_extremes(values):
    found = estimate(tally_of(values))
    assert found == sorted(found)
    assert found[0] == min(values)
    assert found[-1] == max(values)


def test_a_realistic_mix_is_within_the_error():
    random = np.random.default_rng(20260301)
    values = [int(value) for value in random.lognormal(15, 1.2, 20_000)]
    found = estimate(tally_of(values), (50, 95, 99))
    assert found == pytest.approx(np.percentile(values, (50, 95, 99)), rel=0.0625)


def test_percentiles_of_nothing_are_zero():
    assert percentiles({}, (50, 99), least=0, most=0) == [0.0, 0.0]
