"""The hubs that are attacked: of this checkout or another one, with everybody's memories."""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.http.filling import settle
from benchmarks.neighbours.attackers import ATTACKERS
from benchmarks.neighbours.ground import Ground, Scale, client_of
from benchmarks.neighbours.victim import Victim
from benchmarks.sampling import sampled
from testing.postgres import start_postgres
from testing.servers.hub import ROOT, HubServer, new_database

HERE = ROOT  # this checkout
TOKENS = 10  # of an attacker
WORKERS = 2
_ACCOUNTS = """
import io, json
from django.core.management import call_command
def made(address):
    told = io.StringIO()
    call_command("create_token", address, stdout=told)
    return told.getvalue().strip()
print(json.dumps({name: [made(name + "@example.com") for _ in range(count)]
                  for name, count in %r.items()}))
"""


@dataclass
class Build:
    """A checkout's hub on one database; every attack meets it freshly started."""

    name: str
    server: HubServer
    victim: Victim
    grounds: dict[str, Ground] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[HubServer]:
        """The hub with its default limits."""
        self.server.environment.pop("HUB_RATE_LIMIT", None)
        with self.server as server:
            yield server


def prepared(
    name: str, root: Path, database: str, attackers: list[str], scale: Scale, directory: Path
) -> Build:
    """The hub of the checkout at ``root`` with the memories of the victim and of attackers."""
    url = new_database(start_postgres()) if database == "postgresql" else None
    variables = {"HUB_LOG_LEVEL": "WARNING", "HUB_ACCESS_LOG": 0}
    server = HubServer(directory, url, WORKERS, root=root, **variables)
    server.environment["HUB_RATE_LIMIT"] = "off"
    with server:
        accounts = {"victim": 1} | dict.fromkeys(attackers, TOKENS)
        told = server.manage("shell", "--verbosity", "0", "--command", _ACCOUNTS % accounts)
        tokens = json.loads(told.splitlines()[-1])
        build = Build(name, server, Victim(tokens["victim"][0]))
        build.victim.settle_in(server.url)
        for attacker in attackers:
            ground = build.grounds[attacker] = Ground(tokens[attacker])
            with client_of(server.url, ground.tokens[0]) as client:
                ATTACKERS[attacker].lay(client, scale, ground)
    if url:
        settle(url)
    return build


def resident_mb(server: HubServer) -> float:
    """Megabytes resident in the largest worker."""
    sizes = [0]
    for worker in server.workers():
        try:
            sizes.append(int(Path(f"/proc/{worker}/statm").read_text().split()[1]) * 4096)
        except OSError:  # it was replaced just now
            continue
    return max(sizes) / 1e6


def watched(server: HubServer) -> AbstractContextManager[list[float]]:
    """What `resident_mb` was, five times a second, while the context lasts."""
    return sampled(lambda: resident_mb(server), 0.2)


def resident_afterwards(server: HubServer, goal: float, within: float) -> float:
    """`resident_mb` as soon as it is no more than the goal, or after so many seconds."""
    deadline = time.monotonic() + within
    while (now := resident_mb(server)) > goal and time.monotonic() < deadline:
        time.sleep(0.5)
    return now
