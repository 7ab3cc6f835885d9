"""What the response cache costs a request that it cannot answer."""

import argparse
import asyncio
import os
import tempfile
import time
from statistics import median
from typing import Any

REQUESTS, ROUNDS = 2_000, 15


def arguments_of_layer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=ROUNDS)


def layer(options: argparse.Namespace) -> None:
    """Prints the median over the rounds of microseconds a request, with the layer less without."""
    with tempfile.TemporaryDirectory() as directory:
        os.environ |= {"HUB_DATA_DIR": directory, "DJANGO_SETTINGS_MODULE": "memory_hub.settings"}
        import django

        django.setup()
        costs = asyncio.run(measured(options.rounds))
    print(f"A miss spends {median(costs):.1f} us in the cache layer ({options.rounds} rounds).")


async def measured(rounds: int) -> list[float]:
    """Microseconds of each round: pairs, lest the machine's mood be taken for a difference."""
    from memory_hub.http.response_cache import ResponseCache

    cache = ResponseCache(answering(), max_bytes=64 * 2**20)

    async def layered(scope: Any, receive: Any, send: Any) -> None:
        if cache.at_once(scope) is None:
            await cache(scope, receive, send)

    return [await one(layered, number) - await one(answering(), number) for number in range(rounds)]


def answering() -> Any:
    """An application that does only what a real one tells the cache about its answer."""
    from datetime import UTC, datetime

    from django.http import QueryDict

    from memory_hub.accounts.principal import Principal
    from memory_hub.caching import dependencies

    asking = Principal(user_id=1, email="", scopes=frozenset(), via="token")  # in no team
    query, moment = QueryDict(), datetime(2100, 1, 1, tzinfo=UTC)

    @dependencies.cache_read_only(depends_on=lambda *_: ("one", "two", "three"))
    def handler() -> None: ...

    async def application(scope: Any, receive: Any, send: Any) -> None:
        present = dependencies.current.get()
        if present is not None:
            await present.begin(handler, {}, query)
            dependencies.answered_to(asking)
            dependencies.valid_until(moment)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 500})

    return application


async def one(application: Any, number: int) -> float:
    """Microseconds a request, each for another path."""

    async def receive() -> Any: ...

    async def send(message: Any) -> None: ...

    scopes = [
        {
            "type": "http", "method": "GET", "scheme": "http", "query_string": b"",
            "path": f"/superthread/memories/{number}.{n}",
            "headers": [(b"host", b"localhost"), (b"authorization", b"Bearer mh_x"),
                        (b"user-agent", b"bench"), (b"accept-encoding", b"gzip")],
        }
        for n in range(REQUESTS)
    ]  # fmt: skip
    started = time.perf_counter()
    for scope in scopes:
        await application(scope, receive, send)
    return (time.perf_counter() - started) / REQUESTS * 1e6
