"""What the imports of a person may take of the hub a minute: points of their own.

What they bring costs what a batch of it would, and nothing of what the tokens and sessions of their
owner have. Where the points are used up an import waits; nothing of it is refused.
"""

from typing import Any

from memory_hub.rate_limits.limiter import Count, Payer, per_import
from memory_hub.rate_limits.prices import BODY_BYTES, ITEM

# Points that are counted at a time: with Redis it is a round trip.
AT_ONCE = 50


class Allowance:
    """Counts what an import of this person brings."""

    def __init__(self, user_id: int) -> None:
        self._payer = Payer(f"imports/{user_id}")
        self._owed = 0

    def charge(self, fields: Any) -> Count | None:
        """Charges for one more memory of these fields; where that leaves nothing, when it starts
        anew."""
        content = fields.get("content") if isinstance(fields, dict) else None
        size = len(content.encode(errors="replace")) if isinstance(content, str) else 0
        self._owed += ITEM + size // BODY_BYTES
        limiter = per_import()
        if limiter is None or self._owed < AT_ONCE:
            return None
        count = limiter.charge_afterwards(self._payer, self._owed)
        self._owed = 0
        return None if count.left else count
