"""The change feed: a page among a million entries, a poll without news, a thousand who wait.

script/bench feed
script/bench feed --database postgresql --entries 1000000 --followers 1000 --seconds 20
"""

import argparse
import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import httpx
import psycopg2

from benchmarks.hubs import DATABASES
from testing.postgres import start_postgres
from testing.servers.hub import HubServer, new_database

CHANGES, MEMORIES = "/superthread/changes", "/superthread/memories"
TRASH = "/superthread/trash"  # never a kept answer
# Every so many-th entry is of the one who asks.
OF_ONE = 10
EACH = 16  # streams of one person
POLLS, ROUNDS = 250, 20

_FILL = """
INSERT INTO journal_entry (position, at, change, kind, via, subject_id, doc_id, revision, version,
  owner_id, space, actor_id)
SELECT {head} + n, {at}, n, 'memory.updated', 'rest', one.id, one.doc_id, 1, 1, one.owner_id,
  CASE WHEN n % {of_one} = 0 THEN one.owner_id ELSE 1000000 + n % 1000 END, one.owner_id
FROM {numbers} JOIN (SELECT id, doc_id, owner_id, row_number() OVER (ORDER BY id) - 1 AS place
  FROM superthread_memory) AS one ON one.place = n % 100
"""
_USERS = """
from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
for number in range({count}):
    user = services.ensure_user(f"follower{{number}}@example.com", by=OPERATOR)
    print(services.create_token(user_id=user.pk, scopes=["memories:read"], by=OPERATOR)[1])
"""


def main() -> None:
    options = parse()
    url = new_database(start_postgres()) if options.database == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        variables = {"HUB_RATE_LIMIT": "off", "HUB_LOG_LEVEL": "WARNING"}
        with HubServer(Path(directory), url, 1, **variables) as hub:
            headers = {"Authorization": f"Bearer {hub.token('bench@example.com')}"}
            with httpx.Client(base_url=hub.url, headers=headers, timeout=60) as client:
                poll(client)
                asyncio.run(wait(hub, client, options))
                page(hub, client, url, options.entries)


def page(hub: HubServer, client: httpx.Client, url: str | None, entries: int) -> None:
    """Reads all pages of a hundred that one of ten entries makes among so many."""
    drafts = [{"content": f"Note {number}."} for number in range(100)]
    client.post("/superthread/batch/save", json={"memories": drafts}).raise_for_status()
    cursor = client.get(CHANGES, params={"cursor": "now"}).json()["next_cursor"]
    fill(hub, url, entries)
    took: list[float] = []
    more = True
    while more:
        began = time.perf_counter()
        answer = client.get(CHANGES, params={"cursor": cursor, "limit": 100}).json()
        took.append((time.perf_counter() - began) * 1000)
        cursor, more = answer["next_cursor"], answer["more"]
    last = sorted(took)
    print(f"a page of 100 among {entries} entries, {len(took)} pages:")
    print(f"  p50 {statistics.median(last):.1f} ms   p95 {last[int(len(last) * 0.95)]:.1f} ms")


def fill(hub: HubServer, url: str | None, entries: int) -> None:
    """Writes entries past the hub, which has to hold a hundred memories."""
    if url:
        connection = psycopg2.connect(url)
        numbers = f"generate_series(1, {entries}) AS numbers (n)"
        at = "now()"
    else:
        connection = sqlite3.connect(hub.data_dir / "hub.sqlite3")
        numbers = (
            f"(WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many "
            f"WHERE n < {entries}) SELECT n FROM many) AS numbers"
        )
        at = "(SELECT max(at) FROM journal_entry)"
    cursor = connection.cursor()
    cursor.execute("SELECT max(position) FROM journal_entry")
    head = cursor.fetchone()[0]
    cursor.execute(_FILL.format(head=head, at=at, of_one=OF_ONE, numbers=numbers))
    if url:
        cursor.execute("ANALYZE journal_entry")
    connection.commit()
    connection.close()


def poll(client: httpx.Client) -> None:
    """A poll without news against the kept read of one memory, in turns."""
    memory = client.post(MEMORIES, json={"content": "A note. " * 20}).json()
    cursor = client.get(CHANGES, params={"cursor": "now"}).json()["next_cursor"]
    paths = (f"{MEMORIES}/{memory['doc_id']}", f"{CHANGES}?cursor={cursor}")
    ratios = []
    for _ in range(ROUNDS):
        read, polled = (_seconds(client, path) for path in paths)
        ratios.append(polled / read)
    print(f"a poll without news takes {statistics.median(ratios):.2f} of a kept read", end=" ")
    low, _, high = statistics.quantiles(ratios, n=4)
    print(f"({low:.2f} to {high:.2f}, {ROUNDS} rounds of {POLLS})")


def _seconds(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    for _ in range(POLLS):
        client.get(path)
    return time.perf_counter() - began


async def wait(hub: HubServer, client: httpx.Client, options: argparse.Namespace) -> None:
    """What those who wait cost their worker: of a processor, threads and open files."""
    tokens = hub.manage("shell", "-c", _USERS.format(count=-(-options.followers // EACH))).split()
    tokens = [token for token in tokens if token.startswith("mh_")]
    (worker,) = hub.workers()
    # All threads there may be, each with its connection, are there before anybody waits.
    await asyncio.gather(*(asyncio.to_thread(client.get, TRASH) for _ in range(64)))
    before = _held(worker)
    idle = await _share(worker, options.seconds)
    saving = asyncio.create_task(_save(client))
    alone = await _share(worker, options.seconds)
    saving.cancel()
    lines = [await _follow(hub, tokens[n // EACH]) for n in range(options.followers)]
    quiet = await _share(worker, options.seconds)
    after = _held(worker)
    saving = asyncio.create_task(_save(client))
    busy = await _share(worker, options.seconds)
    saving.cancel()
    for _, writer in lines:
        writer.close()
    print(f"{options.followers} who wait, of a processor: {quiet - idle:.1%} while nothing changes")
    print(f"  ({quiet:.1%}, without them {idle:.1%}), and while others save ten a second")
    print(f"  {busy - alone:.1%} ({busy:.1%}, without them {alone:.1%})")
    print(f"  threads {before[0]} and with them {after[0]}; open files of SQLite", end="")
    print(f" {before[1]} and {after[1]}")


async def _follow(hub: HubServer, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
    head = f"GET {CHANGES}?cursor=now HTTP/1.1\r\nHost: 127.0.0.1:{hub.port}\r\n"
    head += f"Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readuntil(b"retry: ")
    if b" 200 " not in answer.split(b"\r\n")[0]:
        raise RuntimeError(answer.decode())
    return reader, writer


async def _save(client: httpx.Client) -> None:
    """Ten memories a second that are nothing to those who wait."""
    while True:
        await asyncio.to_thread(client.post, MEMORIES, json={"content": "One more."})
        await asyncio.sleep(0.1)


async def _share(pid: int, seconds: float) -> float:
    """The share of one processor that a process takes."""
    began, spent = time.monotonic(), _spent(pid)
    await asyncio.sleep(seconds)
    return (_spent(pid) - spent) / (time.monotonic() - began)


def _spent(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _held(pid: int) -> tuple[int, int]:
    """Threads of a process, and its open files of SQLite."""
    threads = len(os.listdir(f"/proc/{pid}/task"))
    files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    return threads, sum("sqlite3" in file for file in files)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench feed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the journal (1000000)")
    parser.add_argument("--followers", type=int, default=1_000, help="who wait (1000)")
    parser.add_argument("--seconds", type=float, default=15, help="of each measure (15)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
