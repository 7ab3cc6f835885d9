"""Which paths are asked by what watches the hub from beside it."""

from django.conf import settings


def is_probe(path: str) -> bool:
    """Whether the path is asked by what watches the hub from beside it: by any name, and in plain
    HTTP."""
    return path.rstrip("/") in settings.HUB_PROBES
