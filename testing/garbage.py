"""What a piece of code leaves to the garbage collector."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Seconds: a worker thread holds what it did a moment longer.
LETTING_GO = 0.05


@contextmanager
def left_to_the_collector() -> Iterator[list[Any]]:
    """A list that is filled at the end of the block: objects in rings, which nothing else frees, of
    those that were made since."""
    left: list[Any] = []
    gc.collect()
    # What somebody has held until now, and may let go at any moment, is held here.
    before = gc.get_objects()
    gc.disable()
    try:
        yield left
        time.sleep(LETTING_GO)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left += gc.garbage
    finally:
        gc.set_debug(0)
        before.clear()
        gc.garbage.clear()
        gc.enable()
