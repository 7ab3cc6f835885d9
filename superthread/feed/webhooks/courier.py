"""The loop that delivers: started where there is an endpoint that wants to be told, by the process
of a host that looks for what is due (`memory_hub/jobs/dispatcher.py`).

It asks twice a second how far the journal is. Each endpoint that has something to be told has a
thread for as long as that is so, one at a time, so that its entries come in order and others do
not wait for a slow receiver.
"""

import logging
import time
from functools import lru_cache, partial

from django.conf import settings
from django.db import connections
from django.utils import timezone

from memory_hub.database.resting import rest
from memory_hub.jobs.claims import told
from memory_hub.jobs.crew import Crew
from memory_hub.jobs.loops import Loop
from memory_hub.journal.models import Entry
from superthread.feed.webhooks.delivery import NOWHERE, Delivery, Looked, is_due
from superthread.feed.webhooks.lease import Right
from superthread.feed.webhooks.models import State, Webhook

logger = logging.getLogger(__name__)

BEAT = 0.5  # seconds between two looks
# Seconds, where another process delivers, or there is nobody to deliver to.
REST = 5.0
AT_ONCE = 8  # endpoints
# Seconds until an endpoint is tried again after an error of our own.
AFTER_ERROR = 15.0
# Deliveries to one, before others that wait have their turn.
STEPS = 50
# Seconds between two notes of a place up to which there was nothing.
WRITE_EVERY = 60.0
# For what is under way when the process ends.
FINISH_SECONDS = 5.0


class Courier:
    """``loop`` is its thread."""

    def __init__(self) -> None:
        self.loop = Loop(
            "webhooks",
            self.turn,
            last=self.finish,
            forked=self._forget,
            patience=FINISH_SECONDS + 1,
        )
        self._right = Right(settings.DATA_DIR / "cache")
        self.crew = Crew("webhooks-delivery", AT_ONCE)
        self._forget()

    def _forget(self) -> None:
        self._right.forget()
        self.crew.forget()
        self._looked: dict[int, Looked] = {}
        self._served: dict[int, float] = {}
        self._not_before: dict[int, float] = {}
        self._written = time.monotonic()

    def turn(self) -> float:
        """One look; the seconds until the next. Raises django.db.Error."""
        try:
            if not self._right.is_held() or self._right.run is None:
                self._looked.clear()
                return REST
            found = Webhook.objects.filter(state=State.ACTIVE).select_related("owner", "token")
            active = list(found)
            self._write_places({webhook.pk for webhook in active}, self._right.run)
            for webhook in self._with_something(active):
                work = partial(self._carry_out, webhook.pk, self._right.run)
                if self.loop.stopping or not self.crew.begin(webhook.pk, work):
                    break
        finally:
            rest()
        return BEAT if active else REST

    def _with_something(self, active: list[Webhook]) -> list[Webhook]:
        """Those that have something to be told now, longest unserved first."""
        head, now = Entry.newest(), timezone.now()
        waiting = [
            one
            for one in active
            if is_due(one, now)
            and self._has_reason(one, head)
            and self._not_before.get(one.pk, 0.0) <= time.monotonic()
        ]
        return sorted(waiting, key=lambda one: self._served.get(one.pk, 0.0))

    def _has_reason(self, webhook: Webhook, head: int) -> bool:
        if webhook.failures or not webhook.owner.is_active:
            return True
        if webhook.token is not None and webhook.token.revoked_at is not None:
            return True
        looked = self._looked.get(webhook.pk, NOWHERE).behind(webhook.position)
        # Beyond the head where the journal is another one.
        return looked < head or webhook.position > head

    def _carry_out(self, pk: int, run: int) -> None:
        delivery = Delivery(pk, run, self._looked.get(pk, NOWHERE))
        try:
            steps = STEPS
            while steps and not self.loop.stopping and delivery.step():
                steps -= 1
        except Exception as error:
            # Whatever it is, others are delivered to, and this one later.
            self.loop.note(error)
            logger.warning("Webhook %d is delivered to later: %s", pk, told(error))
            self._not_before[pk] = time.monotonic() + AFTER_ERROR
        finally:
            self._looked[pk] = delivery.looked
            self._served[pk] = time.monotonic()

    def _write_places(self, active: set[int], run: int) -> None:
        """Every now and then, and of those only that are still told something."""
        for kept in (self._looked, self._served, self._not_before):
            for pk in kept.keys() - active:
                del kept[pk]
        if time.monotonic() - self._written < WRITE_EVERY:
            return
        self._written = time.monotonic()
        for pk, looked in list(self._looked.items()):
            Delivery(pk, run, looked).write_place()

    def finish(self) -> None:
        """Wait a moment for what is under way, then let another process deliver."""
        self.crew.finish(FINISH_SECONDS)
        self._right.give_up()
        connections.close_all()


@lru_cache(maxsize=1)
def courier() -> Courier:
    """The one of this process."""
    return Courier()
