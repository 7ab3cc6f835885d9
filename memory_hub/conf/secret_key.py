"""The key that signs and encrypts what leaves the hub."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf import env

SHORTEST = 50  # characters


def secret_key(data_directory: Path) -> str:
    """SECRET_KEY of the environment, or one generated into the data directory, once.

    Raises ImproperlyConfigured for one that is too short.
    """
    given = env.secret("SECRET_KEY", "")
    if given:
        if len(given) < SHORTEST:
            raise ImproperlyConfigured(f"SECRET_KEY must have at least {SHORTEST} characters.")
        return given
    path = data_directory / "secret_key"
    if not path.exists():
        _make(path)
    return path.read_text()


def _make(path: Path) -> None:
    """Links a key into place when it is complete: a second process starting now reads all of it or
    makes a key that loses."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)
