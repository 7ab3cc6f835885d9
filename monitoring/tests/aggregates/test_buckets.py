"""A bucket stands for every duration in it, at most 6.25 % off; histograms add up."""

from hypothesis import given
from hypothesis import strategies as st

from monitoring.aggregates import buckets

durations = st.integers(min_value=1_000, max_value=990_000_000_000)
histograms = st.dictionaries(
    st.integers(min_value=0, max_value=buckets.OVERFLOW), st.integers(min_value=1, max_value=10**12)
)


def test_bounds_rise_without_gaps_or_repeats():
    assert list(buckets.BOUNDS) == sorted(set(buckets.BOUNDS))
    widest = max(high / low for low, high in zip(buckets.BOUNDS, buckets.BOUNDS[1:], strict=False))
    assert widest <= 1.1


@given(durations)
def test_the_middle_of_a_bucket_is_near_everything_in_it(duration):
    middle = buckets.middle_of(buckets.index_of(duration))
    assert abs(middle - duration) <= duration * 0.05


@given(durations, durations)
def test_a_longer_duration_is_never_in_a_lower_bucket(one, other):
    low, high = sorted((one, other))
    assert buckets.index_of(low) <= buckets.index_of(high)


def test_a_bound_belongs_to_the_bucket_below_it():
    quarter_second = 250_000_000
    assert buckets.index_of(quarter_second) + 1 == buckets.index_of(quarter_second + 1)


def test_durations_out_of_range_have_a_bucket_too():
    assert buckets.index_of(0) == 0
    assert buckets.index_of(10**15) == buckets.OVERFLOW
    assert buckets.middle_of(buckets.OVERFLOW) == buckets.BOUNDS[-1]


@given(histograms, histograms, histograms)
def test_adding_is_the_same_in_any_order(one, two, three):
    forwards: dict[int, int] = {}
    backwards: dict[int, int] = {}
    for counts in (one, two, three):
        buckets.add(forwards, counts)
    for counts in (three, two, one):
        buckets.add(backwards, counts)
    assert forwards == backwards
    assert sum(forwards.values()) == sum(sum(each.values()) for each in (one, two, three))


@given(st.lists(histograms.filter(bool), min_size=1, max_size=4))
def test_stored_histograms_add_up_as_their_counts_do(several):
    total: dict[int, int] = {}
    for one in several:
        buckets.add(total, one)
    merged = buckets.merged([buckets.flat_of(one) for one in several])
    assert merged == buckets.flat_of(total)
    assert buckets.counts_of(merged) == total
