"""Imports without what a library only offers to use where it finds it installed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """What is imported in the block does not find these modules, as if they were not installed;
    those that somebody has imported already it does find. For the start, while one thread runs."""
    hidden = {name: None for name in names if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
