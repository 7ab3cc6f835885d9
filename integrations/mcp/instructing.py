"""What is said to every model that comes: what the hub is for, and how to use it well.

Staff may say it in their own words (`models.Instructions`).
"""

import time

from integrations.mcp.default_words import TEXT
from integrations.mcp.models import Instructions

KEPT_SECONDS = 10.0
_text, _until = "", 0.0


def text() -> str:
    """The instructions as they were last read; waits for nothing."""
    return _text or TEXT


def are_old() -> bool:
    """Whether they should be read again."""
    return time.monotonic() >= _until


def read() -> None:
    """Reads them. In a worker thread."""
    global _text, _until
    row = Instructions.objects.first()
    _text, _until = row.text if row else "", time.monotonic() + KEPT_SECONDS


def forget() -> None:
    """They are others: has them read again before they are next told here."""
    global _until
    _until = 0.0
