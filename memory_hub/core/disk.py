"""The part of the disk that nothing takes which people send: without it the hub could write nothing
any more, whoever asked."""

import shutil
from pathlib import Path

from memory_hub.core.errors import InsufficientStorage

RESERVE = 512 * 2**20  # bytes


def require_room(directory: Path, size: int = 0) -> None:
    """Raises InsufficientStorage where so many bytes more in this directory would leave less than
    RESERVE. Whoever writes much asks again on the way: others write at the same time."""
    if shutil.disk_usage(directory).free < size + RESERVE:
        raise InsufficientStorage("There is no room for the file on the disk of the hub.")
