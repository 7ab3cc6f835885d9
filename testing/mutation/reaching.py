"""Which lines of modules are run."""

import sys
import threading
from typing import Any


class Lines:
    """Lines of some files that are run from now on, here and in threads that begin later."""

    def __init__(self, paths: set[str]) -> None:
        self._paths = paths
        self._seen: dict[str, set[int]] = {}
        threading.settrace(self._note)
        sys.settrace(self._note)

    def _note(self, frame: Any, event: str, argument: Any) -> Any:
        path = frame.f_code.co_filename
        if path not in self._paths:
            return None
        self._seen.setdefault(path, set()).add(frame.f_lineno)
        return self._note

    def since(self) -> dict[str, set[int]]:
        """By file, the lines that were run since it was asked before."""
        seen, self._seen = self._seen, {}
        return seen
