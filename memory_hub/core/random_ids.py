"""Random names for requests, traces and spans.

Asking the kernel anew for each of them cost a tenth of the time of a kept answer, so it is asked
for some hundred at once. They are names and no secrets: those come from ``secrets``.
"""

import os

_LONGEST = 16  # octets: a trace id
_AT_ONCE = 256
# pop() is atomic: threads never get the same one.
_ready: list[str] = []
os.register_at_fork(after_in_child=_ready.clear)


def random_id(octets: int) -> str:
    """Lower-case hexadecimal digits, two for each of up to 16 octets."""
    try:
        return _ready.pop()[: 2 * octets]
    except IndexError:
        fresh, width = os.urandom(_LONGEST * _AT_ONCE).hex(), 2 * _LONGEST
        _ready.extend(fresh[at : at + width] for at in range(0, len(fresh), width))
        return random_id(octets)
