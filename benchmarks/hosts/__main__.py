"""Two hosts on one PostgreSQL and one Redis: whether either shows what is old, and what it costs.

`pairs` writes on one host and asks the other, several clients at once, while each fault of Redis
and of the lines to it comes and goes;
`outage` times writes before and while Redis is away; `price` times saves and kept reads with Redis
well, in turn with another checkout. Exit status 1 when a goal is missed.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import httpx

from benchmarks.hosts.timing import milliseconds, p95
from testing.consistency.hosts import FAULTS, TwoHosts
from testing.consistency.pairs import MEMORIES, Found, check_pairs
from testing.postgres import start_postgres
from testing.servers.hub import ROOT, HubServer, new_database
from testing.servers.redis import RedisServer

TOLD_EACH = 10.0  # seconds
# Of the writes of an outage: ms of the first one, p95 to before.
FIRST, REST = 2000, 1.2
# With Redis well: times and rates to those of before.
SAVES, READS = 1.10, 0.99


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench hosts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    pairs = commands.add_parser("pairs")
    pairs.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    pairs.add_argument("--pairs", type=int, default=10_000)
    pairs.add_argument("--clients", type=int, default=8, help="so many at once, by default 8")
    pairs.add_argument("--base", type=Path, default=ROOT, help="another checkout instead")
    outage = commands.add_parser("outage")
    outage.add_argument("--writes", type=int, default=400)
    outage.add_argument("--base", type=Path, default=ROOT, help="another checkout instead")
    price = commands.add_parser("price")
    price.add_argument("--base", type=Path, required=True, help="the checkout to compare with")
    price.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    unknown = set(getattr(options, "faults", ())) - set(FAULTS)
    if unknown:
        parser.error(f"no such fault: {', '.join(unknown)}")
    run = {"pairs": _pairs, "outage": _outage, "price": _price}[options.command]
    return 0 if run(options) else 1


def _pairs(options: argparse.Namespace) -> bool:
    good = True
    print(f"{'fault':20} {'times':>5} {'pairs':>6} {'old':>5} {'honoured':>8} {'back':>5} of seen")
    with _two_hosts(options.base) as hosts:
        for name in options.faults or FAULTS:
            hosts.heal()
            began = time.monotonic()
            tell = _Teller(name, options.pairs)
            found = check_pairs(hosts, FAULTS[name], options.pairs, options.clients, tell)
            _print(name, found, time.monotonic() - began)
            good = good and not found.wrong
    return good


class _Teller:
    """A line now and then: so many pairs take minutes."""

    def __init__(self, name: str, pairs: int) -> None:
        self._name, self._pairs, self._told = name, pairs, time.monotonic()

    def __call__(self, found: Found) -> None:
        if time.monotonic() - self._told < TOLD_EACH:
            return
        self._told = time.monotonic()
        so_far = f"{found.pairs:,} of {self._pairs:,} pairs, {found.wrong} wrong"
        print(f"{self._name}: {so_far}, {len(found.failed)} failed", file=sys.stderr, flush=True)


def _print(name: str, found: Found, seconds: float) -> None:
    row = f"{name:20} {found.harms:5} {found.pairs:6} {found.old:5} {found.honoured:8}"
    rest = f"{found.back:5} of {found.seen}; {len(found.failed)} failed; {seconds:.0f} s"
    print(f"{row} {rest}", flush=True)
    for what, count in Counter(found.failed).most_common(5):
        print(f"  {count} x {what[:200]}", flush=True)


def _outage(options: argparse.Namespace) -> bool:
    with _two_hosts(options.base) as hosts:
        client = _client(hosts.a)
        for _ in range(50):
            _save(client)
        before = [milliseconds(lambda: _save(client)) for _ in range(options.writes)]
        hosts.redis.stop()
        first = milliseconds(lambda: _save(client))
        rest = [milliseconds(lambda: _save(client)) for _ in range(options.writes)]
        client.close()
    ratio = p95(rest) / p95(before)
    print(f"before: median {median(before):.1f} ms, p95 {p95(before):.1f} ms")
    print(f"without Redis: the first {first:.0f} ms, the rest median {median(rest):.1f} ms,")
    print(f"  p95 {p95(rest):.1f} ms: {ratio:.2f} of before")
    return first <= FIRST and ratio <= REST


def _price(options: argparse.Namespace) -> bool:
    with ExitStack() as stack:
        both = [stack.enter_context(_two_hosts(root)) for root in (options.base, ROOT)]
        clients = [stack.enter_context(_client(hosts.a)) for hosts in both]
        paths = [f"{MEMORIES}/{_save(client)}" for client in clients]
        saves: list[float] = []
        reads: list[float] = []
        for number in range(options.rounds + 2):
            turns = (0, 1) if number % 2 else (1, 0)
            took = {}
            for turn in turns:
                client, path = clients[turn], paths[turn]
                took[turn] = (
                    median(milliseconds(lambda c=client: _save(c)) for _ in range(25)),
                    median(
                        milliseconds(lambda c=client, p=path: c.get(p).raise_for_status())
                        for _ in range(150)
                    ),
                )
            if number >= 2:  # the first rounds warm up
                saves.append(took[1][0] / took[0][0])
                reads.append(took[0][1] / took[1][1])
    print(f"a save takes {median(saves):.3f} of the other checkout's time,")
    print(f"kept reads have {median(reads):.3f} of its rate (medians of {options.rounds} rounds)")
    return median(saves) <= SAVES and median(reads) >= READS


@contextmanager
def _two_hosts(root: Path) -> Iterator[TwoHosts]:
    with tempfile.TemporaryDirectory(prefix="hub-hosts-") as name:
        directory = Path(name)
        redis = RedisServer(directory)
        redis.start()
        database = new_database(start_postgres())

        def hub(place: Path, **variables: str) -> HubServer:
            return HubServer(
                place, database, 1, root=root.resolve(), HUB_LOG_LEVEL="WARNING", **variables
            )

        try:
            with TwoHosts(directory, hub, redis) as hosts:
                yield hosts
        finally:
            redis.stop()


def _client(hub: HubServer) -> httpx.Client:
    token = hub.token("bench@example.com")
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=hub.url, headers=headers, timeout=30)


def _save(client: httpx.Client) -> str:
    answer = client.post(MEMORIES, json={"content": "Jun has the key."})
    answer.raise_for_status()
    return answer.json()["doc_id"]


if __name__ == "__main__":
    sys.exit(main())
