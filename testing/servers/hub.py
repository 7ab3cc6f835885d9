"""A real hub for tests and benchmarks: gunicorn with worker processes on a free port."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg2
from psycopg2 import sql

from testing.discretion import leaks_of
from testing.servers.children import ends_with_parent
from testing.servers.commands import ForkedCommands

ROOT = Path(__file__).resolve().parents[2]
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py")
STARTS_WITHIN = 60.0  # seconds, on a loaded machine
# The hard stop of gunicorn comes at 30.
STOPS_WITHIN = 35.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def new_database(server_url: str, template: str = "template1") -> str:
    """The URL of a fresh database on the PostgreSQL at ``server_url``, a copy of the template."""
    name = f"hub_{secrets.token_hex(6)}"
    connection = psycopg2.connect(server_url)
    connection.autocommit = True
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    connection.close()
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def _printed(done: subprocess.CompletedProcess[str], command: str) -> str:
    if done.returncode:
        raise RuntimeError(f"manage.py {command} failed:\n{done.stderr}")
    return done.stdout.strip()


class HubServer:
    """gunicorn on ``data_dir``; ``database_url`` None is SQLite. A context manager.

    ``variables`` go to its environment; ``application`` takes the place of the hub's own; ``root``
    is another checkout. ``log`` is a file with what it printed.
    """

    def __init__(
        self,
        data_dir: Path,
        database_url: str | None = None,
        workers: int = 2,
        *,
        application: str = "memory_hub.asgi:application",
        root: Path = ROOT,
        **variables: Any,
    ) -> None:
        self.data_dir, self.port, self.application = data_dir, free_port(), application
        self.root = root
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir / "server.log"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUB_", "TEST_"))}
        kept.pop("DATABASE_URL", None)
        # pytest's: its cheap password hashes are none that a hub accepts.
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        self.environment = kept | {
            "HUB_DATA_DIR": str(data_dir),
            "HUB_PORT": str(self.port),
            "HUB_WORKERS": str(workers),
            **({"DATABASE_URL": database_url} if database_url else {}),
            **{name: str(value) for name, value in variables.items()},
        }
        self.process: subprocess.Popen | None = None
        self._beginning = threading.Lock()
        self._commands: ForkedCommands | None = None
        # True where the database is a copy of one that is.
        self.migrated = False

    def run_command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a management command on the same data."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def manage(self, *arguments: str, check: bool = True) -> str:
        """As run_command; returns what it printed on stdout, raises when it failed."""
        done = self.run_command(*arguments)
        return _printed(done, arguments[0]) if check else done.stdout.strip()

    def token(self, email: str, *options: str) -> str:
        """A fresh token of the user with this address. Raises RuntimeError where the command
        fails."""
        # The checks are half of what the command takes; others run them.
        done = self._forked_commands().run("create_token", email, "--skip-checks", *options)
        return _printed(done, "create_token")

    def _forked_commands(self) -> ForkedCommands:
        """Of the environment as it is now."""
        with self._beginning:
            if self._commands is None or self._commands.environment != self.environment:
                self._end_commands()
                self._commands = ForkedCommands(self.root, self.environment)
            return self._commands

    def _end_commands(self) -> None:
        if self._commands is not None:
            self._commands.close()
            self._commands = None

    def start(self) -> "HubServer":
        """Migrates, starts gunicorn and waits until it answers."""
        if not self.migrated:
            self.manage("migrate", "--verbosity", "0")
            self.migrated = True
        self.launch()
        self.wait_until_it_answers()
        return self

    def launch(self) -> None:
        """Starts gunicorn on a database that is migrated, and waits for nothing."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*GUNICORN, self.application],
                cwd=self.root,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **ends_with_parent(),
            )

    def wait_until_it_answers(self, within: float = STARTS_WITHIN) -> None:
        """Returns at the first answer, whatever it is. Raises RuntimeError with the log."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/superthread/info", timeout=5)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"The hub does not answer:\n{self.log.read_text()[-4000:]}")

    def all_workers(self, within: float = STARTS_WITHIN) -> list[int]:
        """As workers, once there are as many as were asked for: the first answer comes earlier.

        Raises RuntimeError when they do not come."""
        deadline = time.monotonic() + within
        while len(found := self.workers()) < int(self.environment["HUB_WORKERS"]):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Only {found} came:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)
        return found

    def workers(self) -> list[int]:
        """The process ids of the workers that there are now."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def stop(self) -> None:
        """Ends it the graceful way, or hard when that takes too long.

        Raises RuntimeError when its log holds a token or the text of a memory."""
        self._end_commands()
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None
        leaks = leaks_of(self.log, self.data_dir, self.environment.get("DATABASE_URL"))
        if leaks:
            raise RuntimeError(f"The hub logged what it must not: {leaks}")

    def __enter__(self) -> "HubServer":
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()


class Nursery:
    """Hubs whose database is a copy of one that is migrated, made by ``copy(data_dir)``."""

    def __init__(self, copy: Callable[[Path], str | None]) -> None:
        self._copy = copy

    def hub(self, data_dir: Path, workers: int = 2, **variables: Any) -> HubServer:
        """A hub in ``data_dir`` that is not started."""
        hub = HubServer(data_dir, self._copy(data_dir), workers, **variables)
        hub.migrated = True
        return hub
