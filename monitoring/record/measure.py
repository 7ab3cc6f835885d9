"""Timings for code: a decorator, a context manager and the one object behind both.

    @track_performance(threshold_ms=500)
    async def rebuild() -> None: ...

    with measure_time("import.parse"):
        ...

What they measure appears in the same statistics as requests, in a list of its own.
"""

import functools
import inspect
import time
from collections.abc import Callable
from functools import cache
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, overload

import structlog

from memory_hub.core import installed
from memory_hub.core.request_id import current_request_id
from monitoring.aggregates.recorder import Recorder
from monitoring.aggregates.series import FUNCTION

P = ParamSpec("P")
R = TypeVar("R")

DEFAULT_THRESHOLD_MS = 500.0
LONGEST_NAME = 120  # the statistics' column holds no more

log = structlog.get_logger("monitoring.record.measure")


class PerformanceMonitor:
    """The one object of a process that everything timed goes through."""

    def __init__(self, recorder: Recorder | None = None) -> None:
        self.recorder = recorder or Recorder()

    def record_call(self, name: str, duration_ns: int, *, error: bool, threshold_ms: float) -> None:
        """Count one call of timed code and warn when it took longer than the threshold."""
        slow = duration_ns > threshold_ms * 1e6
        self.recorder.record(name[:LONGEST_NAME], FUNCTION, 0, duration_ns, error=error, slow=slow)
        if slow:
            log.warning(
                "slow call",
                function=name,
                duration_ms=round(duration_ns / 1e6, 3),
                threshold_ms=threshold_ms,
                request_id=current_request_id(),
            )


performance = PerformanceMonitor()


def record_work(kind: str, name: str, outcome: int, duration_ns: int) -> None:
    """Count work inside the hub that an app tells of (`request_stats`), such as a search."""
    error = outcome in _failures().get(kind, ())
    performance.recorder.record(name[:LONGEST_NAME], kind, outcome, duration_ns, error=error)


@cache
def _failures() -> dict[str, frozenset[int]]:
    """Outcomes that are errors, by kind of work."""
    return {work.kind: work.failures for app in installed.features() for work in app.work}


class measure_time:
    """Times a block, sync or async, or as a decorator a function; a raised exception is an error.

    An object times one block at a time; the decorator makes a new one for every call.
    """

    def __init__(
        self,
        name: str,
        *,
        threshold_ms: float = DEFAULT_THRESHOLD_MS,
        monitor: PerformanceMonitor = performance,
    ) -> None:
        self._name = name
        self._threshold_ms = threshold_ms
        self._monitor = monitor
        self._started_ns = 0

    def __enter__(self) -> Self:
        self._started_ns = time.perf_counter_ns()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._finish(self._started_ns, kind is not None)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.__exit__(kind, exc, tb)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return the function, timed."""
        if inspect.iscoroutinefunction(function):
            return self._wrap_async(function)
        return self._wrap_sync(function)

    def _fresh(self) -> "measure_time":
        return measure_time(self._name, threshold_ms=self._threshold_ms, monitor=self._monitor)

    def _wrap_sync(self, function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            with self._fresh():
                return function(*args, **kwargs)

        return timed

    def _wrap_async(self, function: Callable[P, Any]) -> Callable[P, Any]:
        @functools.wraps(function)
        async def timed(*args: P.args, **kwargs: P.kwargs) -> Any:
            with self._fresh():
                return await function(*args, **kwargs)

        return timed

    def _finish(self, started_ns: int, error: bool) -> None:
        self._monitor.record_call(
            self._name,
            time.perf_counter_ns() - started_ns,
            error=error,
            threshold_ms=self._threshold_ms,
        )


@overload
def track_performance(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def track_performance(
    *, threshold_ms: float = ..., name: str | None = ..., monitor: PerformanceMonitor = ...
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def track_performance(
    function: Callable[..., Any] | None = None,
    /,
    *,
    threshold_ms: float = DEFAULT_THRESHOLD_MS,
    name: str | None = None,
    monitor: PerformanceMonitor = performance,
) -> Any:
    """Time every call of a function, sync or async, under ``module.qualified_name`` or ``name``.

    A call over ``threshold_ms`` milliseconds counts as slow and is logged as a warning with the
    request's id.
    """

    def decorate(target: Callable[..., Any]) -> Callable[..., Any]:
        label = name or f"{target.__module__}.{target.__qualname__}"
        return measure_time(label, threshold_ms=threshold_ms, monitor=monitor)(target)

    return decorate if function is None else decorate(function)
