"""Forks of a process that has collected tests and made their database."""

import contextlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def in_fork(run: Callable[[], Any], seconds: float, told: Path) -> Any:
    """What ``run`` answers in a process of its own, by way of a file; None when it breaks or takes
    longer than so many seconds."""
    told.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        _be_child(run, told)
    ends = time.monotonic() + seconds
    ended = 0
    while not ended and time.monotonic() < ends:
        time.sleep(0.01)
        ended, _ = os.waitpid(child, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if not ended:
        os.waitpid(child, 0)
    return json.loads(told.read_text()) if ended and told.exists() else None


def _be_child(run: Callable[[], Any], told: Path) -> None:
    os.setpgid(0, 0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    with contextlib.suppress(BaseException):
        told.write_text(json.dumps(run()))
    os._exit(0)


class DatabaseFiles:
    """The embedded databases, as they were before a fork wrote into them."""

    def __init__(self) -> None:
        self.directory = Path(os.environ["HUB_DATA_DIR"])
        self.kept = self.directory.with_name(self.directory.name + "-kept")

    def keep(self) -> None:
        from django.db import connections

        connections.close_all()
        self.kept.mkdir()
        for path in self.directory.glob("*.sqlite3*"):
            shutil.copy(path, self.kept)

    def put_back(self) -> None:
        for path in self.directory.glob("*.sqlite3*"):
            path.unlink()
        for path in self.kept.iterdir():
            shutil.copy(path, self.directory)
