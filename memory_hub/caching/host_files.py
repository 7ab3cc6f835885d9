"""Django's cache interface on files that all processes of one host share."""

from contextlib import suppress
from typing import Any

from django.core.cache.backends.filebased import FileBasedCache


class HostFiles(FileBasedCache):
    """A cache that cannot keep, because the disk is full or not to be written to, is one that has
    nothing: nobody's request fails for it."""

    def set(self, *args: Any, **kwargs: Any) -> None:
        with suppress(OSError):
            super().set(*args, **kwargs)
