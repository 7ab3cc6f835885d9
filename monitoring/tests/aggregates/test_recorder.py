"""The recorder counts everything once, from any thread, in bounded memory."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from google_docs.client.work import CALLS
from monitoring.aggregates.recorder import MAX_SERIES, Recorder, known_method
from monitoring.aggregates.series import OTHER, OTHER_ROUTE, Series, SeriesTally, merge_into, merged

calls = st.lists(
    st.tuples(
        st.sampled_from(["/a", "/b/{id}"]),
        st.sampled_from(["GET", "POST"]),
        st.sampled_from([200, 201, 304, 404, 500]),
        st.integers(min_value=0, max_value=10**13),
    ),
    max_size=60,
)


def fields(tally: SeriesTally) -> dict:
    return {name: getattr(tally, name) for name in SeriesTally.__slots__}


def test_a_request_is_counted_with_all_that_is_known_of_it():
    recorder = Recorder()
    recorder.record("/a", "GET", 200, 3_000, cache_hit=True)
    recorder.record("/a", "GET", 200, 9_000, slow=True, wait_ns=5, db_ns=7)
    recorder.record("/a", "GET", 503, 4_000)
    taken = recorder.take()
    ok = taken[Series("/a", "GET", 200)]
    assert (ok.count, ok.errors, ok.slow, ok.cache_hits) == (2, 0, 1, 1)
    assert (ok.sum_ns, ok.min_ns, ok.max_ns) == (12_000, 3_000, 9_000)
    assert (ok.wait_ns, ok.db_ns) == (5, 7)
    assert taken[Series("/a", "GET", 503)].errors == 1


def test_a_client_error_is_an_error_and_a_redirect_is_none():
    recorder = Recorder()
    for status in (200, 304, 399, 400, 404, 500):
        recorder.record("/a", "GET", status, 1)
    assert merged(recorder.take().values()).errors == 3


def test_what_was_taken_is_not_taken_again():
    recorder = Recorder()
    recorder.record("/a", "GET", 200, 1)
    assert len(recorder.take()) == 1
    assert recorder.take() == {}


@given(calls, st.integers(min_value=0, max_value=60))
def test_deltas_taken_at_any_time_add_up_to_the_whole(requests, cut):
    whole, parts = Recorder(), Recorder()
    summed: dict[Series, SeriesTally] = {}
    for number, (route, method, status, duration) in enumerate(requests):
        if number == cut:
            merge_into(summed, parts.take())
        whole.record(route, method, status, duration)
        parts.record(route, method, status, duration)
    merge_into(summed, parts.take())
    expected = {series: fields(tally) for series, tally in whole.take().items()}
    assert {series: fields(tally) for series, tally in summed.items()} == expected


def test_series_beyond_the_bound_are_counted_together_with_their_status():
    recorder = Recorder()
    for number in range(MAX_SERIES + 40):
        recorder.record(f"/{number}", "GET", 500 if number % 2 else 200, 10)
    taken = recorder.take()
    assert len(taken) == MAX_SERIES + 2
    assert taken[Series(OTHER_ROUTE, OTHER, 200)].count == 20
    assert taken[Series(OTHER_ROUTE, OTHER, 500)].errors == 20


def test_the_bound_holds_over_flushes_and_known_series_keep_their_name():
    recorder = Recorder(max_series=1)
    recorder.record("/first", "GET", 200, 10)
    recorder.take()
    recorder.record("/second", "GET", 200, 10)
    recorder.record("/first", "GET", 200, 10)
    assert set(recorder.take()) == {Series(OTHER_ROUTE, OTHER, 200), Series("/first", "GET", 200)}


def test_work_inside_the_hub_does_not_become_requests_beyond_the_bound():
    recorder = Recorder(max_series=1)
    recorder.record("/first", "GET", 200, 10)
    recorder.record("drive.files.get", CALLS.kind, 404, 10)
    assert set(recorder.take()) == {
        Series("/first", "GET", 200),
        Series(OTHER_ROUTE, CALLS.kind, 404),
    }


def test_threads_lose_nothing_while_another_takes():
    recorder = Recorder()
    summed: dict[Series, SeriesTally] = {}
    begin = threading.Barrier(5)

    def work() -> None:
        begin.wait()
        for number in range(5_000):
            recorder.record("/a", "GET", 200, number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    begin.wait()
    while any(thread.is_alive() for thread in threads):
        merge_into(summed, recorder.take())
    merge_into(summed, recorder.take())
    total = merged(summed.values())
    assert total.count == 20_000
    assert total.sum_ns == 4 * sum(range(5_000))
    assert sum(total.buckets.values()) == 20_000
    assert (total.min_ns, total.max_ns) == (0, 4_999)


def test_a_method_that_a_client_made_up_has_no_series_of_its_own():
    assert known_method("PATCH") == "PATCH"
    assert known_method("BREW\x1b") == OTHER
