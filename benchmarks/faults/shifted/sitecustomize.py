"""A wall clock that can be set, for a Python process: PYTHONPATH names this directory.

SHIFTED_CLOCK names a file of eight bytes, a double: how many seconds the clock is ahead of the
machine's, from the next call on. The monotonic clocks are left alone, as a set clock leaves them.
"""

import ctypes
import datetime
import gc
import mmap
import os
import struct
import time

_file = os.open(os.environ["SHIFTED_CLOCK"], os.O_RDONLY)
_ahead = mmap.mmap(_file, 8, access=mmap.ACCESS_READ)
_time, _time_ns = time.time, time.time_ns


def ahead() -> float:
    return struct.unpack("d", _ahead[:])[0]


def _replace(kind: type, name: str, function) -> None:
    """Of a type written in C, whose attributes cannot be set. Its identity stays: what orjson and
    psycopg2 take for a datetime is one."""
    gc.get_referents(kind.__dict__)[0][name] = classmethod(function)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


time.time = lambda: _time() + ahead()
time.time_ns = lambda: _time_ns() + int(ahead() * 1e9)
_replace(datetime.date, "today", lambda kind: kind.fromtimestamp(time.time()))
_replace(datetime.datetime, "now", lambda kind, tz=None: kind.fromtimestamp(time.time(), tz))
_replace(
    datetime.datetime,
    "utcnow",
    lambda kind: kind.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None),
)
