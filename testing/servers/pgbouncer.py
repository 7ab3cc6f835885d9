"""A PgBouncer for drills, where the program is installed."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from testing.servers.children import ends_with_parent
from testing.servers.hub import free_port

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
STARTS_WITHIN = 60.0  # seconds, on a loaded machine


class PgBouncer:
    """In transaction mode before the PostgreSQL of ``server_url``, with default settings."""

    def __init__(self, server_url: str) -> None:
        server = urlsplit(server_url)
        self.home = Path(tempfile.mkdtemp(prefix="hub-pgbouncer-"))
        self.home.chmod(0o755)
        self.port = free_port()
        self.settings = self.home / "pgbouncer.ini"
        # auth_type any: everybody comes as the user of the entry.
        self.settings.write_text(
            f"[databases]\n* = host={server.hostname} port={server.port} user=postgres\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\n"
            "unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\n"
            "admin_users = postgres\n"
        )

    def __enter__(self) -> "PgBouncer":
        # Not as root, which it refuses.
        user = {"user": "nobody"} if os.geteuid() == 0 else {}
        self.process = subprocess.Popen(
            [PROGRAM, "-q", str(self.settings)],
            stderr=subprocess.DEVNULL,
            **ends_with_parent(),
            **user,
        )
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            try:
                psycopg2.connect(self.url("postgres")).close()
            except psycopg2.OperationalError:
                time.sleep(0.05)
            else:
                return self
        self.__exit__()
        raise RuntimeError("PgBouncer does not answer.")

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.home)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
