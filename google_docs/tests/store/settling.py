"""Waiting for what a save has left to be looked up afterwards."""

import asyncio

from google_docs.store import exactly_once


async def settled() -> None:
    """Wait for all that is still to be looked up on this loop."""
    loop = asyncio.get_running_loop()
    left = [task for task in exactly_once._afterwards if task.get_loop() is loop]
    await asyncio.gather(*left, return_exceptions=True)
