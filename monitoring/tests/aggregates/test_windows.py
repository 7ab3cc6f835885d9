"""Windows are made of whole slices: no gap, no overlap, few rows."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitoring.aggregates import windows

moments = st.floats(min_value=1.7e9, max_value=2.0e9, allow_nan=False)
lengths = st.sampled_from([length for length in windows.WINDOWS.values() if length])


@given(lengths, moments)
def test_the_ranges_of_a_window_cover_it_exactly_once(length, now):
    ranges = sorted(windows.covering(length, now), key=lambda each: each.start)
    stop = windows.floor(now, windows.MINUTE) + windows.MINUTE
    assert ranges[0].start == stop - length
    assert ranges[-1].stop == stop
    assert all(one.stop == other.start for one, other in pairwise(ranges))
    assert all(each.start % each.span == 0 for each in ranges)


@given(lengths, moments)
def test_a_window_is_read_from_few_slices(length, now):
    slices = sum(
        -(-(each.stop - each.start) // each.span) for each in windows.covering(length, now)
    )
    assert slices <= 59 + 5 + 7 * 4 + 1


@given(moments)
def test_the_present_belongs_to_one_slice_of_every_span(moment):
    assert [span for span, _ in windows.starts(moment)] == list(windows.SPANS)
    assert all(start <= moment < start + span for span, start in windows.starts(moment))


def test_minutes_are_kept_a_week_and_longer_slices_three_months():
    now = 1_800_000_000
    assert now - windows.expired(windows.MINUTE, now) == 7 * 86_400
    assert now - windows.expired(windows.HOUR, now) == 90 * 86_400
    assert 0 <= now - windows.expired(windows.QUARTER, now) - 90 * 86_400 < windows.QUARTER
