"""Watching a figure while something else happens."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def sampled(measure: Callable[[], T], seconds: float) -> Iterator[list[T]]:
    """What was measured, every so many seconds, while the context lasts."""
    found, stop = [measure()], threading.Event()

    def watch() -> None:
        while not stop.wait(seconds):
            found.append(measure())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        stop.set()
        watcher.join()
