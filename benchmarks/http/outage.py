"""What a fault of Redis costs: the request that meets it, and those while Redis is left alone."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import httpx

from testing.clients.wire import Wire
from testing.postgres import start_postgres
from testing.servers.hub import HubServer, new_database
from testing.servers.redis import RedisServer

OPEN_SECONDS = 5  # of the hub's breaker
PATH = "/superthread/memories"


def arguments_of_outage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5)


def outage(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="hub-") as directory:
        redis = RedisServer(Path(directory))
        redis.start()
        try:
            # Ten times the usual limit: a quick machine asks more than that in a minute.
            more = {"REDIS_URL": redis.url, "HUB_RATE_LIMIT": "60000/minute"}
            database = new_database(start_postgres())  # Redis keeps nothing for SQLite
            with HubServer(Path(directory), database, workers=1, **more) as hub:
                _report("refused", _rounds(options.rounds, _asking(hub), redis.stop, redis.start))
                _report("hung", _rounds(options.rounds, _asking(hub), redis.hang, redis.resume))
        finally:
            redis.stop()


def _asking(hub: HubServer) -> Iterator[float]:
    """Milliseconds that one detail after another takes, none of them kept: a header that is part
    of the key of an answer is different each time."""
    token = hub.token("mina@example.com")
    headers = {"Authorization": f"Bearer {token}"}
    saved = httpx.post(hub.url + PATH, json={"content": "Jun has the key."}, headers=headers)
    path, wire = f"{PATH}/{saved.json()['doc_id']}", Wire(hub)
    for number in count():
        request = wire.head("GET", path, token, f"X-Number: {number}")
        began = time.perf_counter()
        status, _, _ = wire.send(request).answer()
        took = time.perf_counter() - began
        if status != 200:
            raise RuntimeError(f"answered {status}")
        yield 1000 * took


def _rounds(
    rounds: int, asking: Iterator[float], harm: Callable[[], None], repair: Callable[[], None]
) -> list[tuple[float, float, float]]:
    """Of each round: the usual time, that of the first request after the harm, and the usual one
    while the breaker is open."""
    found = []
    for _ in range(rounds):
        usual = statistics.median(next(asking) for _ in range(300))
        harm()
        first = next(asking)
        meanwhile = statistics.median(next(asking) for _ in range(300))
        found.append((usual, first, meanwhile))
        repair()
        time.sleep(OPEN_SECONDS)
        for _ in range(100):  # the probe is among them
            next(asking)
    return found


def _report(fault: str, found: list[tuple[float, float, float]]) -> None:
    first = max(first - usual for usual, first, _ in found)
    more = statistics.median(meanwhile - usual for usual, _, meanwhile in found)
    usual = statistics.median(usual for usual, _, _ in found)
    print(f"{fault}: usual {usual:.2f} ms; the first request at most {first:+.1f} ms,")
    print(f"  those while Redis is left alone {more:+.2f} ms (median of {len(found)} rounds)")
