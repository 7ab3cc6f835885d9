"""Which hub the command talks to, and with what: a file that nobody else can read.

``MEMORY_HUB_URL`` and ``MEMORY_HUB_TOKEN`` go before what is kept.
"""

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from memory_hub_client.command.failing import Failed

if sys.platform != "win32":
    import fcntl


@dataclass(frozen=True, slots=True)
class Credentials:
    """``token`` is good until ``expires_at`` (seconds since 1970; None: as long as the hub says);
    with ``refresh_token`` there is another one at ``token_endpoint``, for the ``client_id``."""

    url: str
    token: str
    expires_at: float | None = None
    refresh_token: str | None = None
    token_endpoint: str | None = None
    client_id: str | None = None

    @classmethod
    def kept(cls, environment: Mapping[str, str]) -> Self:
        """Those of the environment or the file. Raises Failed."""
        found: dict[str, Any] = {}
        with contextlib.suppress(FileNotFoundError):
            found = json.loads(path(environment).read_text())
        url = environment.get("MEMORY_HUB_URL") or found.get("url")
        if token := environment.get("MEMORY_HUB_TOKEN"):
            found = {"token": token}
        elif url != found.get("url"):
            # A token is shown to the hub that it is of, and to no other.
            found = {}
        if not url or not found:
            raise Failed("Sign in first: hub login https://your.hub")
        return cls(**{**found, "url": url})

    def keep(self, environment: Mapping[str, str]) -> Path:
        """Writes them to the file as a whole, for its owner alone; returns which."""
        target = path(environment)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent)  # for its owner alone: 0600
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file)
        os.replace(name, target)
        return target

    def renewed(self, **fields: Any) -> Self:
        """The same with some fields changed."""
        return replace(self, **fields)


def path(environment: Mapping[str, str]) -> Path:
    """The file."""
    root = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")) / ".config"
    return Path(root).expanduser() / "memory-hub" / "credentials.json"


def forget(environment: Mapping[str, str]) -> None:
    """Deletes the file, if there is one."""
    path(environment).unlink(missing_ok=True)


@contextlib.contextmanager
def alone(environment: Mapping[str, str]) -> Iterator[None]:
    """One process at a time: a token that renews is good once."""
    target = path(environment).with_suffix(".lock")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with target.open("w") as file:
        # Elsewhere whoever renews at the same time signs in again.
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
