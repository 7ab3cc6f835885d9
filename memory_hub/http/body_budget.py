"""How many bytes of bodies a worker holds at once, of requests that come and of those under way.

Anybody may send a body: who it is from is known only when it is there, and it is let go only when
its request is answered. Sixty connections with 31 MB each took 1.9 GB.
"""

from memory_hub.core.budget import Spent, bodies

# A body of so many bytes is always taken: usual ones go on while large ones are refused.
USUAL = 64 * 1024


class HeldBody:
    """The part that one request has in what its worker holds."""

    __slots__ = ("_size",)

    def __init__(self) -> None:
        self._size = 0

    def grow(self, size: int) -> None:
        """Count so many bytes more. Raises Unavailable where a large body finds no room."""
        try:
            bodies.take(size, always=self._size + size <= USUAL)
        except Spent as error:
            error.headers = {**error.headers, "Connection": "close"}
            raise
        self._size += size

    def let_go(self) -> None:
        """Count it no longer."""
        bodies.give_back(self._size)
        self._size = 0
