"""What a process needs of its machine, from the kernel, where it says so; and holds open."""

import os
import resource
from contextlib import suppress
from pathlib import Path

from memory_hub.http import open_streams


def read() -> dict[str, float]:
    """Return memory in bytes, CPU time in seconds, open files and streams of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "memory_bytes": _resident_bytes(),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "open_files": _open_files(),
        "open_streams": open_streams.count(),
    }


def _resident_bytes() -> int:
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _open_files() -> int:
    with suppress(OSError):
        return len(os.listdir("/proc/self/fd"))
    return 0
