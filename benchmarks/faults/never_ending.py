"""The hub with three more paths, each of which does what a request must never do."""

import asyncio
import time

from memory_hub.asgi import application

# isort: split
# The line above sets Django up; what follows needs it.
from django.urls import path
from rest_framework.request import Request

from benchmarks.faults import STANDING_STILL
from memory_hub.api.views import HubView
from memory_hub.urls import urlpatterns

__all__ = ["application"]

HOUR = 3600.0


class BlockedThread(HubView):
    """Blocks the worker thread it runs in."""

    public = ("GET",)

    def get(self, request: Request) -> None:
        time.sleep(HOUR)


class EndlessCoroutine(HubView):
    """Waits on the event loop for what never comes."""

    public = ("GET",)

    async def get(self, request: Request) -> None:
        await asyncio.sleep(HOUR)


class BlockedLoop(HubView):
    """Stops the event loop of its worker, and with it everything the worker does."""

    public = ("GET",)

    async def get(self, request: Request) -> None:
        print(STANDING_STILL, flush=True)
        time.sleep(HOUR)


urlpatterns += [
    path("superthread/never/thread", BlockedThread.as_view()),
    path("superthread/never/coroutine", EndlessCoroutine.as_view()),
    path("superthread/never/loop", BlockedLoop.as_view()),
]
