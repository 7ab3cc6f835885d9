"""Telling the hub of what Google has confirmed."""

import logging

from django.db import DatabaseError

from memory_hub.events.event import Event
from memory_hub.events.telling import is_heard, tell_alone
from memory_hub.threads.worker_pool import run_in_worker

logger = logging.getLogger(__name__)


async def announce(*events: Event) -> None:
    """Tell subscribers. Whatever becomes of that, the change is made: nobody is told it failed."""
    if not is_heard(*events):
        return
    try:
        await run_in_worker(tell_alone, *events)
    except DatabaseError as error:
        logger.warning("A change at Google could not be told of: %s", type(error).__name__)
