"""Timing code: functions and blocks, sync and async, in the same statistics."""

import asyncio

import pytest
import structlog

from memory_hub.core.request_id import begin_request
from monitoring.aggregates.series import Series, SeriesTally
from monitoring.record.measure import PerformanceMonitor, measure_time, track_performance


@pytest.fixture
def monitor():
    return PerformanceMonitor()


def tally(monitor: PerformanceMonitor, name: str) -> SeriesTally:
    return monitor.recorder.take()[Series(name, "FUNCTION", 0)]


def test_a_decorated_function_is_timed_under_its_qualified_name(monitor):
    @track_performance(monitor=monitor)
    def double(number: int) -> int:
        """Twice."""
        return 2 * number

    assert [double(1), double(2)] == [2, 4]
    assert double.__doc__ == "Twice."
    (series,) = monitor.recorder.take()
    assert series.route.endswith("double")


def test_a_coroutine_function_stays_one_and_is_timed_to_its_end(monitor):
    @track_performance(name="job", monitor=monitor)
    async def job(gate: asyncio.Event) -> str:
        await gate.wait()
        return "done"

    async def main() -> str:
        gate = asyncio.Event()
        running = asyncio.create_task(job(gate))
        await asyncio.sleep(0)
        assert monitor.recorder.take() == {}
        gate.set()
        return await running

    assert asyncio.run(main()) == "done"
    assert tally(monitor, "job").count == 1


def test_an_exception_is_counted_and_passed_on(monitor):
    @track_performance(name="broken", monitor=monitor)
    def broken() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        broken()
    assert tally(monitor, "broken").errors == 1


def test_a_block_is_timed_sync_and_async(monitor):
    async def main() -> None:
        async with measure_time("block", monitor=monitor):
            await asyncio.sleep(0)

    with measure_time("block", monitor=monitor):
        pass
    asyncio.run(main())
    assert tally(monitor, "block").count == 2


def test_recursion_counts_every_call(monitor):
    @measure_time("recursive", monitor=monitor)
    def down(depth: int) -> None:
        if depth:
            down(depth - 1)

    down(3)
    assert tally(monitor, "recursive").count == 4


def test_a_slow_call_is_logged_with_the_request_it_belongs_to(monitor):
    begin_request(b"req-9")
    with (
        structlog.testing.capture_logs() as logs,
        measure_time("slow", threshold_ms=-1, monitor=monitor),
    ):
        pass
    (entry,) = logs
    assert (entry["log_level"], entry["function"], entry["request_id"]) == (
        "warning",
        "slow",
        "req-9",
    )
    assert tally(monitor, "slow").slow == 1


def test_a_call_below_the_threshold_is_not_logged(monitor):
    with (
        structlog.testing.capture_logs() as logs,
        measure_time("quick", threshold_ms=60_000, monitor=monitor),
    ):
        pass
    assert logs == []
    assert tally(monitor, "quick").slow == 0
