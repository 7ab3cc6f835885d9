"""Two hosts: hubs with data directories of their own, on one PostgreSQL and one Redis.

Each reaches Redis over a line of its own, which can be harmed. `check_pairs` (`pairs.py`) writes on
one host and asks the other; what it finds must be nothing, whatever happens to Redis and the lines.
"""

import random
import secrets
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from testing.servers.hub import HubServer
from testing.servers.proxy import Proxy
from testing.servers.redis import RedisServer

# In the data directory of a hub that `dying` serves: the step at which it dies.
DIE_AT = "die_at"


def revive(hub: HubServer) -> None:
    """Has a hub come back that `dying` may have killed, and waits until it answers: its master
    forks a new worker, which takes less long than a start."""
    hub.process.send_signal(signal.SIGCONT)
    hub.wait_until_it_answers()


class TwoHosts:
    """Hosts `a` and `b`, started; `lines` are theirs to Redis. A context manager.

    ``hub(directory, REDIS_URL=…, …)`` makes a hub that is not started; the second one takes the
    database of the first.
    """

    def __init__(self, directory: Path, hub: Callable[..., HubServer], redis: RedisServer) -> None:
        self.redis = redis
        self.lines = Proxy(redis.port), Proxy(redis.port)
        self._directory, self._hub = directory, hub
        self._open = ExitStack()
        self._tokens: dict[str, str] = {}

    def token(self, email: str) -> str:
        """The token of the user with this address, one for all that is done as them."""
        if email not in self._tokens:
            self._tokens[email] = self.a.token(email)
        return self._tokens[email]

    def __enter__(self) -> "TwoHosts":
        with ExitStack() as stack:
            key = secrets.token_urlsafe(64)
            hubs = []
            for name, line in zip("ab", self.lines, strict=True):
                stack.enter_context(line)
                directory = self._directory / name
                directory.mkdir()
                variables = {"REDIS_URL": f"redis://127.0.0.1:{line.port}/0", "SECRET_KEY": key}
                hubs.append(self._hub(directory, HUB_RATE_LIMIT="off", **variables))
            self.a, self.b = hubs
            self.b.environment["DATABASE_URL"] = self.a.environment["DATABASE_URL"]
            for hub in hubs:
                stack.enter_context(hub)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self.heal()
        self._open.close()

    def heal(self) -> None:
        """Redis runs and both lines pass."""
        self.redis.stop()
        self.redis.start()
        for line in self.lines:
            line.heal()


@dataclass(frozen=True)
class Fault:
    """What is done to Redis or a line and what ends it, which may be done twice; in turns, each for
    about so many ``seconds``: at times too short to go on as before, at times long enough."""

    harm: Callable[[TwoHosts], None]
    repair: Callable[[TwoHosts], None]
    seconds: float = 8

    def a_while(self) -> float:
        """How long to leave it so this time."""
        return random.uniform(0.25, 1.75) * self.seconds


def _restart(hosts: TwoHosts) -> None:
    hosts.redis.stop()
    hosts.redis.start()


def _flush(hosts: TwoHosts) -> None:
    with hosts.redis.client() as client:
        client.flushall()


def _slow(hosts: TwoHosts) -> None:
    for line in hosts.lines:
        line.slow(0.05)


def _heal_lines(hosts: TwoHosts) -> None:
    for line in hosts.lines:
        line.heal()


def _nothing(hosts: TwoHosts) -> None:
    pass


WELL = Fault(_nothing, _nothing)
FAULTS = {
    "well": WELL,
    "killed": Fault(lambda h: h.redis.stop(), lambda h: h.redis.start()),
    "hung": Fault(lambda h: h.redis.hang(), lambda h: h.redis.resume()),
    "restarted": Fault(_restart, _nothing, seconds=4),
    "flushed": Fault(_flush, _nothing, seconds=0.3),
    "cut from A": Fault(lambda h: h.lines[0].cut(), _heal_lines),
    "cut from B": Fault(lambda h: h.lines[1].cut(), _heal_lines),
    "hung for A": Fault(lambda h: h.lines[0].hang(), _heal_lines),
    "50 ms slower": Fault(_slow, _heal_lines),
    "20 ms slower for A": Fault(lambda h: h.lines[0].slow(0.02), _heal_lines),
}
