"""How many bytes of bodies a worker holds at once, of requests that come and of those under way.

Anybody may send a body: who it is from is known only when it is there, and it is let go only when
its request is answered. Sixty connections with 31 MB each took 1.9 GB.
"""

from django.conf import settings

from memory_hub.errors import Unavailable

# A body of so many bytes is always taken: usual ones go on while large ones are refused.
USUAL = 64 * 1024


class HeldBody:
    """The part that one request has in what its worker holds."""

    __slots__ = ("_size",)
    total = 0  # of all; touched on the event loop only

    def __init__(self) -> None:
        self._size = 0

    def grow(self, size: int) -> None:
        """Count so many bytes more. Raises Unavailable where a large body finds no room."""
        self._size += size
        HeldBody.total += size
        if self._size > USUAL and HeldBody.total > settings.HUB_BODIES_MB * 2**20:
            raise Unavailable(
                "Too many large bodies are being received; try again shortly.",
                headers={**Unavailable.headers, "Connection": "close"},
            )

    def let_go(self) -> None:
        """Count it no longer."""
        HeldBody.total -= self._size
        self._size = 0
