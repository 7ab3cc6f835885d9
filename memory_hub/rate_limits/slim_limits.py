"""limits without its half for coroutines, which `redis_counts` imports where there is Redis, and
without what writes "new in version" into its docstrings. Imported before anything that imports it.
"""

from collections.abc import Callable
from typing import Any

from memory_hub.core.slim_imports import standing_in


def _as_it_is(**said: str) -> Callable[[Any], Any]:
    return lambda decorated: decorated


with (
    standing_in("deprecated"),
    standing_in("deprecated.sphinx", versionadded=_as_it_is, versionchanged=_as_it_is),
    standing_in("limits.aio"),
):
    import limits  # noqa: F401 - for its effect
