"""What a process does about Google when it starts and ends: nothing, where it is not configured.

What is imported before the workers are forked is in memory once, and no request waits for it.
"""

import sys
from importlib import import_module

from django.conf import settings


def load() -> None:
    """Imports the views, Google's libraries and their descriptions, if this hub uses them."""
    if settings.GOOGLE_DOCS.configured:
        import_module("google_docs.urls")
        import_module("google_docs.backend").load()


def close() -> None:
    """Closes what there is."""
    if backend := sys.modules.get("google_docs.backend"):
        backend.forget_backend()
