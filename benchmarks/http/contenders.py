"""Starting the contenders on loopback, with the same data, and finding their memories."""

import json
import os
import re
import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import httpx

from benchmarks.http.dataset import TEXTS, USER, Texts
from benchmarks.http.filling import Data, Place, filled, settle
from benchmarks.http.pythons import peer_python
from benchmarks.processor import family
from testing.postgres import PostgresServer
from testing.servers.children import ends_with_parent
from testing.servers.hub import ROOT, HubServer, free_port, new_database


@dataclass
class Contender:
    """A running server, a token for it and ids of memories it has."""

    name: str
    port: int
    token: str
    doc_ids: list[str]
    # Those that were started; theirs come and go.
    processes: list[int]
    # Requests by the name of a load, where its calls are not the hub's; None is the hub's.
    calls: dict[str, Callable[[], Callable[[], bytes]]] | None = None
    texts: Texts = TEXTS["words"]
    # Process of its database, where that is PostgreSQL.
    database: int | None = None
    # The commit, or the packages, that it is.
    version: str = ""
    # The hub that it is, and the token of somebody who sees only what is public there.
    server: HubServer | None = None
    guest: str = ""

    def resident_mb(self) -> float:
        """Megabytes of memory of the largest worker."""
        sizes = [0]
        for process in chain.from_iterable(map(family, self.processes)):
            status = Path(f"/proc/{process}/status").read_text()
            sizes.append(int(re.search(r"VmRSS:\s+(\d+)", status)[1]))
        return max(sizes) / 1024

    def staff_token(self) -> str:
        """A token that may read the statistics of a hub."""
        return self.server.token(USER, "--scopes", "monitoring:read")

    def tokens(self, count: int) -> list[str]:
        """Tokens of so many users more of a hub."""
        return [self.server.token(f"user{number}@example.com") for number in range(count)]


def commit_of(root: Path) -> str:
    """The commit that a checkout is at, and whether something in it is not committed."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude", "*"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.strip() or "no checkout"


@contextmanager
def postgres(*settings: str) -> Iterator[PostgresServer]:
    """A PostgreSQL that really writes to the disk: a save must be as durable as in production."""
    with PostgresServer(durable=True, settings=("max_connections=300", *settings)) as server:
        yield server


class Field:
    """All contenders of a run; a context manager that stops them at its end."""

    def __init__(
        self,
        server: PostgresServer | None,
        count: int,
        texts: Texts = TEXTS["words"],
        public_every: int = 5,
    ) -> None:
        self._server, self._count, self.texts = server, count, texts
        self._public_every = public_every
        self._stack = ExitStack()
        # By checkout, and whether it is on SQLite.
        self._hubs: dict[tuple[Path, bool], Data] = {}
        self._peer: tuple[str, str] | None = None
        self._versions: dict[tuple[str, ...], str] = {}
        self.running: dict[str, Contender] = {}

    def __enter__(self) -> "Field":
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def hub(
        self,
        name: str,
        *,
        workers: int,
        cache: bool,
        redis: str | None = None,
        sqlite: bool = False,
        root: Path = ROOT,
    ) -> Contender:
        """A hub of the checkout at `root`, on a copy of the data that all of its hubs in this run
        on the same kind of database have: of the same data each would do what another left to do
        later."""
        data = self.fill([(root, sqlite)])[0]
        server_url = self._server.url() if self._server else None
        place = data.place.copy(self.directory(), server_url)
        variables = {"HUB_RATE_LIMIT": "100000000/minute", "HUB_CONCURRENT_REQUESTS": 1000}
        variables["HUB_ACCESS_LOG"] = 0  # as for the other contenders
        variables |= {"HUB_RESPONSE_CACHE": int(cache), "HUB_LOG_LEVEL": "WARNING"}
        variables |= {"HUB_POOL_SIZE": 20, "HUB_POOL_OVERFLOW": 40}  # as the peer has
        if redis:
            variables["REDIS_URL"] = redis
        server = HubServer(place.directory, place.url, workers, root=root, **variables)
        server.migrated = True
        self._stack.enter_context(server)
        # The first answer comes before all of them are there.
        server.all_workers()
        has_server, master = place.url is not None, [server.process.pid]
        hub = self._add(name, server.port, data.token, data.doc_ids, master, has_server)
        hub.version, hub.server, hub.guest = commit_of(root), server, data.guest
        return hub

    def fill(self, kinds: Sequence[tuple[Path, bool]]) -> list[Data]:
        """The data of these checkouts' hubs, each on SQLite or not; what is not there is filled,
        all at the same time."""
        kinds = [(root, sqlite or self._server is None) for root, sqlite in kinds]
        new = [kind for kind in dict.fromkeys(kinds) if kind not in self._hubs]
        if new:
            places = [self._place(*kind) for kind in new]
            self._hubs |= dict(zip(new, filled(places, self._lines), strict=True))
        return [self._hubs[kind] for kind in kinds]

    def _place(self, root: Path, sqlite: bool) -> Place:
        url = None if sqlite else new_database(self._server.url())
        return Place(root, url, self.directory())

    def directory(self) -> Path:
        """A fresh directory that is gone after the run."""
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-")))

    @cached_property
    def _lines(self) -> str:
        """The memories that all begin with, a line of JSON each."""
        every = self._public_every
        return "\n".join(
            json.dumps(one | {"scope": "personal" if number % every else "public"})
            for number, one in enumerate(self.texts.memories(self._count))
        )

    def peer(self, name: str, *, workers: int, cache: bool, server: str = "uvicorn") -> Contender:
        """The FastAPI service, on uvicorn or granian, and on a database of its own in the same
        PostgreSQL."""
        if self._peer is None:
            self._peer = (new_database(self._server.url()), secrets.token_urlsafe(32))
        url, token = self._peer
        lines = self.directory() / "memories.jsonl"
        lines.write_text(self._lines)
        more = {
            "DATABASE_URL": url.replace("postgresql://", "postgresql+asyncpg://"),
            "BENCH_CACHE": str(int(cache)),
            "BENCH_TOKEN": token,
            "BENCH_MEMORIES": str(lines),
        }
        start = self._granian if server == "granian" else self._uvicorn
        port, process = start("benchmarks.http.peers.fastapi_service:app", workers, more)
        found = httpx.get(
            f"http://127.0.0.1:{port}/superthread/memories?limit=1000",
            headers={"Authorization": f"Bearer {token}"},
        ).json()
        settle(url)
        doc_ids = [memory["doc_id"] for memory in found["memories"]]
        peer = self._add(name, port, token, doc_ids, [process], True)
        peer.version = self.versions(peer_python(), "fastapi", "asyncpg", server)
        return peer

    def bolt(self, name: str, python: str) -> Contender:
        """django-bolt on the data of the FastAPI service, which has to be there, by a Python that
        has it."""
        url, token = self._peer
        port = free_port()
        command = [python, "-m", "benchmarks.http.peers.bolt", "runbolt", "--host", "127.0.0.1"]
        process = self.program(
            [*command, "--port", str(port), "--no-admin"], port, {"DATABASE_URL": url}
        )
        ids = next(one.doc_ids for one in self.running.values() if one.token == token)
        bolt = self._add(name, port, token, ids, [process], True)
        bolt.version = self.versions(python, "django-bolt", "django", "psycopg")
        return bolt

    def versions(self, python: str, *packages: str) -> str:
        """Of packages that this Python has."""
        key = (python, *packages)
        if key not in self._versions:
            ask = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"
            done = subprocess.run(
                [python, "-c", ask, *packages], stdout=subprocess.PIPE, text=True, check=True
            )
            pairs = zip(packages, done.stdout.split(), strict=True)
            self._versions[key] = ", ".join(" ".join(pair) for pair in pairs)
        return self._versions[key]

    def bare(self, name: str, answers: dict[str, str], *, workers: int = 1) -> Contender:
        """The bare application with the bytes of the hub's answers."""
        directory = self.directory()
        (directory / "answers.json").write_text(json.dumps(answers))
        more = {"BENCH_ANSWERS": str(directory / "answers.json")}
        port, process = self._uvicorn("benchmarks.http.bare:application", workers, more)
        data = next(iter(self._hubs.values()))
        return self._add(name, port, data.token, data.doc_ids, [process])

    def foreign(self, name: str, app: str, variables: dict[str, str], *, python: str) -> Contender:
        """An application of another Python, with no token and no memories yet."""
        port, process = self._uvicorn(app, 1, variables, python=python)
        return self._add(name, port, "", [], [process])

    def _uvicorn(
        self, app: str, workers: int, variables: dict[str, str], python: str | None = None
    ) -> tuple[int, int]:
        port = free_port()
        command = [python or peer_python(), "-m", "uvicorn", app, "--port", str(port)]
        command += ["--no-access-log", "--workers", str(workers), "--log-level", "warning"]
        return port, self.program(command, port, variables)

    def _granian(self, app: str, workers: int, variables: dict[str, str]) -> tuple[int, int]:
        port = free_port()
        command = [peer_python(), "-m", "granian", "--interface", "asgi", "--port", str(port)]
        command += ["--workers", str(workers), "--log-level", "warning", app]
        return port, self.program(command, port, variables)

    def program(
        self, command: list[str], port: int, variables: dict[str, str], output: int | None = None
    ) -> int:
        """Starts a server; its process, once it answers at the port."""
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | variables,
            stdout=output,
            stderr=output,
            **ends_with_parent(),
        )
        self._stack.callback(_end, process)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return process.pid
        raise RuntimeError(f"{' '.join(command)} did not start")

    def _add(
        self,
        name: str,
        port: int,
        token: str,
        doc_ids: list[str],
        processes: list[int],
        has_server: bool = False,
    ) -> Contender:
        database = self._server.process.pid if has_server else None
        self.running[name] = Contender(
            name, port, token, doc_ids, processes, texts=self.texts, database=database
        )
        return self.running[name]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
