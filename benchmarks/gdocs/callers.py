"""Callers who read a memory in Google Docs again and again, as soon as `Retry-After` lets them, in
a process of their own: whoever measures meanwhile must not be slowed by them. Ends with its
standard input; prints the answers.

python -m benchmarks.gdocs.callers URL TOKEN
"""

import asyncio
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

CALLERS = 60
# Seconds over which they begin, and that a hanging Google is waited for: in step they would be a
# burst of 60 every few seconds, which others notice whomever it asks.
SPREAD = 4
PATH = "/google-docs/memories/" + "1" * 44


@contextmanager
def calling(url: str, token: str, told: Counter[str]) -> Iterator[None]:
    """They call meanwhile; afterwards their answers are in ``told``, by status."""
    command = [sys.executable, "-m", "benchmarks.gdocs.callers", url, token]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()  # they begin
        yield
        answers, _ = process.communicate()
    told.update(json.loads(answers))


async def call(url: str, token: str) -> Counter[int]:
    told: Counter[int] = Counter()
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=CALLERS)
    async with httpx.AsyncClient(
        base_url=url, headers=headers, timeout=60, limits=limits
    ) as client:

        async def caller(number: int) -> None:
            await asyncio.sleep(SPREAD * number / CALLERS)
            while not ended.is_set():
                answer = await client.get(PATH)
                told[answer.status_code] += 1
                await asyncio.sleep(float(answer.headers.get("Retry-After", 0)))

        await asyncio.gather(*map(caller, range(CALLERS)))
    return told


if __name__ == "__main__":
    print("begin", flush=True)
    print(json.dumps(asyncio.run(call(*sys.argv[1:]))))
