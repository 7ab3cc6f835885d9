"""The id of the request being answered, known to everything that runs for it."""

import re
from contextvars import ContextVar

from memory_hub.random_ids import random_id

# What a client may choose itself (contract §1); anything else is replaced.
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_current: ContextVar[str] = ContextVar("request_id", default="")


def begin_request(offered: str | None) -> str:
    """Takes the client's id when it is well formed, else makes one; returns it."""
    request_id = offered if offered and _WELL_FORMED.fullmatch(offered) else random_id(12)
    _current.set(request_id)
    return request_id


def current_request_id() -> str:
    """The id of the present request, or an empty text outside of one."""
    return _current.get()
