"""Whether the hub can do its work."""

import asyncio
import logging
from datetime import UTC, datetime

from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS, Error, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from memory_hub.caching.single_flight import AsyncFlights
from memory_hub.caching.stores import TTLCache
from memory_hub.core.callers import calling
from memory_hub.core.errors import HubError
from memory_hub.threads.worker_pool import run_in_worker
from monitoring.models import Ledger
from monitoring.router import alias

logger = logging.getLogger(__name__)

# Seconds; a load balancer gives up about then.
READY_WITHIN = 5.0
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# Anyone may ask, however often: in a process the databases are asked once at a time, once a second.
answers = TTLCache(1.0, maxsize=1)
_asking = AsyncFlights()


async def is_ready() -> bool:
    """Return whether every database took a write in time, a second ago at most. Never raises."""
    known = answers.peek("ready")
    return known.value if known else await _asking.run("ready", _ask)


async def _ask() -> bool:
    ready = await _writes_in_time()
    answers.set("ready", ready)
    return ready


async def _writes_in_time() -> bool:
    try:
        async with asyncio.timeout(READY_WITHIN):
            # The hub's own: it waits for nobody who happens to have the address of the one asking.
            calling.set(None)
            await run_in_worker(write_and_roll_back)
    except (Error, HubError, TimeoutError) as error:
        logger.warning("Not ready: %s", type(error).__name__)
        return False
    return True


def write_and_roll_back() -> None:
    """Insert a row into every database and take it back. Raises django.db.Error.

    A session that expired long ago: no constraint, no signal and no reader knows it.
    """
    with transaction.atomic():
        Session.objects.create(
            session_key=get_random_string(32),
            session_data="",
            expire_date=LONG_AGO,
        )
        transaction.set_rollback(True)
    if alias() != DEFAULT_DB_ALIAS:
        with transaction.atomic(using=alias()):
            Ledger.objects.create(since=timezone.now())
            transaction.set_rollback(True, using=alias())
