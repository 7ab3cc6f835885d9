"""Which lines of modules are run."""

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Any


class _Lines:
    """Lines of some files, in any thread."""

    def __init__(self, paths: set[str]) -> None:
        self.seen: dict[str, set[int]] = {path: set() for path in paths}

    def __call__(self, frame: Any, event: str, argument: Any) -> Any:
        seen = self.seen.get(frame.f_code.co_filename)
        if seen is None:
            return None
        seen.add(frame.f_lineno)
        return self


@contextlib.contextmanager
def lines_of(paths: set[str]) -> Iterator[dict[str, set[int]]]:
    """By file, the lines that are run meanwhile."""
    lines = _Lines(paths)
    threading.settrace(lines)
    sys.settrace(lines)
    yield lines.seen
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
