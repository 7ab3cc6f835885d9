"""Plain searches (`asking.py`) without Django's request and DRF's view around them.

Each has a crossing of its own, for one that is long would hold the others. The view is the
definition: it is asked here what it makes of the body and of an error. A request that is refused
before its view is asked goes the way of all requests from the start; once it is asked, its answer
stands, so that nothing is looked for or charged twice. A generated test holds both ways to the
byte.
"""

from functools import partial

from django.conf import settings

from memory_hub.core.asgi_types import Scope, Send
from memory_hub.core.errors import BadInput
from memory_hub.core.request_stats import RequestStats
from memory_hub.database.plans import again_without_plans
from memory_hub.threads.worker_pool import run_in_worker
from superthread.scopes import MEMORIES_READ
from superthread.views.plain import ways
from superthread.views.plain.asking import SEARCHES, ParsedRequest
from superthread.views.plain.ways import Found


async def answer(scope: Scope, send: Send) -> bool:
    """Answers a plain search. False, and nothing is sent or looked for, where it is none."""
    way = await ways.begun(scope, SEARCHES) if settings.HUB_GROUPED_READS else None
    return way is not None and await ways.answered(_found, way, scope, send)


async def _found(
    asked: ParsedRequest, key: bytes | None, observation: RequestStats | None
) -> Found:
    """The answer, by itself."""
    return await run_in_worker(_by_view, asked)


def _by_view(asked: ParsedRequest) -> Found:
    """What the view answers; None where it was not asked. In a worker thread."""
    by = ways.caller_of(asked, MEMORIES_READ)
    if by is None:
        return None
    try:
        view = ways.view_of(asked, by)
    except BadInput:
        return None
    post = partial(view.post, view.request)
    return ways.told(asked, view, lambda: view.rendered(again_without_plans(post)))
