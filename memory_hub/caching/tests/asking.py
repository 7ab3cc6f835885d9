"""What answers ask of generations, by the door that they use: the event loop."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from memory_hub.caching.generations import Generations, Stamp

T = TypeVar("T")


def run(generations: Generations, scenario: Awaitable[T]) -> T:
    """Run a coroutine on a loop of its own and close what it opened there."""

    async def closing() -> T:
        try:
            return await scenario
        finally:
            if generations.shared is not None:
                await generations.shared.aclose()

    return asyncio.run(closing())


def is_current(generations: Generations, stamp: Stamp) -> bool:
    """Whether an answer with this stamp may be used now."""
    return run(generations, generations.ais_current(stamp))
