"""Who answers what: the guard first, then the lean way for the API or a thread for pages."""

import gc
import sys
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import URLResolver, get_resolver
from django.utils.module_loading import import_string

from memory_hub.caching import generations, registry
from memory_hub.core import installed, request_stats
from memory_hub.core.asgi_types import BODY, Application, Receive, Send
from memory_hub.core.callers import caller_of, calling
from memory_hub.events.telling import subscribers
from memory_hub.http.answering import send_problem
from memory_hub.http.api_handler import ApiHandler, PageHandler
from memory_hub.http.fast_path import FastPath
from memory_hub.http.paths import answers_when_full, is_page
from memory_hub.http.rate_limiting import RateLimiting
from memory_hub.http.request_guard import RequestGuard
from memory_hub.http.response_cache import ResponseCache
from memory_hub.http.time_limit import TimeLimit
from memory_hub.jobs import worker
from memory_hub.jobs.declared import declared
from memory_hub.rate_limits.limiter import per_login, per_payer
from memory_hub.threads.worker_pool import too_many, use_worker_threads, worker_threads

api, pages = ApiHandler(), PageHandler()

# Seconds for which a thread may compute before one that waits for the interpreter has its turn.
# Everyone needs it again after each statement and each message: at Python's own 5 ms, a read beside
# four computing threads took 40 ms.
SWITCH_SECONDS = 0.0005


async def route(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Sends API paths the lean way, pages to a thread, and answers the lifespan protocol."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http":
        caller = caller_of(scope)
        calling.set(caller)
        if is_page(scope["path"]):
            await pages(scope, receive, send)
        elif worker_threads().is_full_for(caller) and is_refusable(scope):
            await refuse(send)
        elif not await _is_answered_together(scope, send):
            await api(scope, receive, send)
    else:
        # WebSockets and whatever may come: the hub has none.
        await send({"type": "websocket.close", "code": 1000})


async def _is_answered_together(scope: dict[str, Any], send: Send) -> bool:
    """Whether an app has answered it, with others that wait at the same moment."""
    try:
        for together in _together():
            if await together(scope, send):
                return True
        return False
    finally:
        # Whoever goes on takes it himself; a stream shall not hold it for minutes.
        scope.pop(BODY, None)


@cache
def _together() -> list[Any]:
    return installed.imported("together")


def is_refusable(scope: dict[str, Any]) -> bool:
    """Whether a full queue refuses this at the door: what watches the hub goes on.

    A page of another origin may read only what the middleware for that has seen; it is refused by
    the worker threads, or told there what it may ask.
    """
    if answers_when_full(scope["path"]):
        return False
    shared = settings.CORS_ALLOW_ALL_ORIGINS or settings.CORS_ALLOWED_ORIGINS
    return not shared or all(name != b"origin" for name, _ in scope["headers"])


async def refuse(send: Send) -> None:
    """Answers 503 before anything is done for the request.

    The worker threads would refuse it too, but only after Django's part of the way: at several
    times the rate that the hub sustains, refusals alone would keep a processor busy.
    """
    request_stats.refused()
    await send_problem(too_many(), send)


async def lifespan(receive: Receive, send: Send) -> None:
    """At start-up all code is loaded; at shutdown the work under way is finished."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            open_shared_files()
            settle()
            sys.setswitchinterval(SWITCH_SECONDS)
            worker.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            worker_threads().shutdown()
            use_worker_threads(None)
            for hook in installed.imported("at_shutdown"):
                hook()
            worker.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def open_shared_files() -> None:
    """Makes room now for what the workers share: on a full disk it would be too late for that, and
    reads go on there."""
    for shared in (generations.current, registry.shared_stats, per_payer, per_login):
        shared()


def settle() -> None:
    """Imports the views, jobs and subscribers, and has the garbage collector leave alone what stays
    for good.

    A request that makes many objects, such as a batch, had half of its time taken by looking
    through Django's again and again. Of what imports left behind, some 3,000 objects could be
    collected: not worth the look at all others.
    """
    _look_into(get_resolver())
    declared()
    subscribers()
    _together()
    gc.freeze()
    gc.enable()


def _look_into(routes: URLResolver) -> None:
    """Imports the routes that are not left for later. Their names are looked for by who makes an
    address: of an API nobody does."""
    for one in routes.url_patterns:
        if type(one) is URLResolver:
            _look_into(one)


def build() -> Application:
    """The whole application; with the response cache, unless that is turned off."""
    timing = import_string(settings.HUB_TIMING_MIDDLEWARE)
    inner = TimeLimit(route)
    if not settings.HUB_RESPONSE_CACHE:
        return timing(RequestGuard(RateLimiting(inner)))
    cache = ResponseCache(inner, max_bytes=settings.HUB_RESPONSE_CACHE_MB * 2**20)
    limits = RateLimiting(cache)
    timed = timing(RequestGuard(limits))
    return FastPath(timed, timed, limits, cache)


for hook in installed.imported("at_start"):
    hook()
application = build()
