"""A database that was migrated once for all processes of a run of pytest, since that takes as long
as a hundred tests. Every other one is a copy of it."""

import fcntl
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from testing.servers.hub import HubServer, new_database


class Migrated:
    """The one in ``directory``, which all processes of a run share; whoever comes first makes it.

    ``server_url`` is a PostgreSQL, None is SQLite."""

    def __init__(self, directory: Path, server_url: str | None) -> None:
        self.server_url = server_url
        self._directory = directory / "migrated"
        self._directory.mkdir(exist_ok=True)
        done = self._directory / "done"
        with (self._directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                url = new_database(server_url) if server_url else None
                HubServer(self._directory, url).manage("migrate", "--verbosity", "0")
                done.write_text(url or "")
        # Its name on PostgreSQL.
        self.template = urlsplit(done.read_text()).path[1:]

    def copy(self, data_dir: Path) -> str | None:
        """A database of its own for a hub in ``data_dir``: its URL, None for files in there."""
        if self.server_url:
            return new_database(self.server_url, self.template)
        for file in self._directory.glob("*.sqlite3"):
            shutil.copy(file, data_dir)
        return None

    def prepare(self, settings: dict) -> None:
        """Lets what pytest makes of ``settings``, Django's of one database, begin as a copy."""
        if self.server_url:
            settings["TEST"]["TEMPLATE"] = self.template
            return
        made = Path(settings["TEST"]["NAME"])
        made.parent.mkdir(parents=True, exist_ok=True)
        # The log of a run that was killed would be played into the copy.
        for end in ("-wal", "-shm"):
            made.with_name(made.name + end).unlink(missing_ok=True)
        shutil.copy(self._directory / Path(settings["NAME"]).name, made)


def shared_by_the_run(base: Path) -> Path:
    """The directory above those of all processes side by side, or that of the only one."""
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
