"""The id of the request being answered, known to everything that runs for it."""

import re
from contextvars import ContextVar

from memory_hub.core.random_ids import random_id

# What a client may choose itself (contract §1); anything else is replaced.
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_current: ContextVar[str] = ContextVar("request_id", default="")


def begin_request(offered: bytes | None) -> str:
    """Makes `id_for_request` the id of the present request; returns it."""
    request_id = id_for_request(offered)
    _current.set(request_id)
    return request_id


def id_for_request(offered: bytes | None) -> str:
    """The client's id when it is well formed, else a new one."""
    if offered:
        text = offered.decode("latin-1")
        if _WELL_FORMED.fullmatch(text):
            return text
    return random_id(12)


def current_request_id() -> str:
    """The id of the present request, or an empty text outside of one."""
    return _current.get()
