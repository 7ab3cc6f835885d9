"""How far something is, on one line of the terminal; nothing where there is none."""

import sys
from typing import Self

_WIDTH = 24  # signs of the bar
_CLEAR = "\r\x1b[K"


class Progress:
    """``show`` may be called often: only what looks different is written. Leaving the block clears
    the line."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._last = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._write("")

    def show(self, words: str, done: int, total: int) -> None:
        """What is being done, and how much of it is done; a total of 0 is not known yet."""
        part = min(1.0, done / total) if total else 0.0
        full = int(part * _WIDTH)
        self._write(f"{words} [{'#' * full}{' ' * (_WIDTH - full)}] {int(part * 100):3}%")

    def _write(self, line: str) -> None:
        if self._is_shown and line != self._last:
            sys.stderr.write(_CLEAR + line)
            sys.stderr.flush()
            self._last = line
