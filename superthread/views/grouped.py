"""Plain GETs (`plain.py`) without Django's request and DRF's view around them.

Those of one memory that wait at the same moment are carried out together: of each token one
crossing into a thread, one look at the token, one statement. Others, lists among them, have a
crossing of their own, and are answered by the ``get`` of their view.

The views are the definition. Whatever turns out to be more than plain, and all that is refused,
goes the way of all requests from the start. Policies, SQL and rendering are the same; a generated
test holds both ways to the byte.
"""

import time
from collections.abc import Sequence
from contextvars import copy_context
from functools import partial
from typing import NamedTuple

import orjson
from django.conf import settings
from rest_framework.exceptions import APIException

from memory_hub.accounts.principal import Principal
from memory_hub.api.preconditions import names_present
from memory_hub.caching import dependencies, valid_until
from memory_hub.core.asgi_types import Scope, Send
from memory_hub.core.errors import BadInput, HubError
from memory_hub.core.request_stats import RequestStats
from memory_hub.database.plans import again_without_plans
from memory_hub.http.envelopes import Plain
from memory_hub.http.middleware import LONG
from memory_hub.rate_limits import bill
from memory_hub.threads.groups import Groups
from memory_hub.threads.worker_pool import run_in_worker
from superthread.feed.shown import note_shown
from superthread.reads import memories
from superthread.reads.representation import Row, completed, etag, instant_of, represent
from superthread.scopes import MEMORIES_READ
from superthread.views import plain_ways
from superthread.views.plain import DETAIL, READS, ParsedRequest, PlainRequest
from superthread.views.plain_ways import Found, Waiting


async def answer(scope: Scope, send: Send) -> bool:
    """Answers a plain GET. False, and nothing is sent, where it is none, or turns out to be more
    than plain."""
    way = await plain_ways.begun(scope, READS) if settings.HUB_GROUPED_READS else None
    if way is None:
        return False
    record = dependencies.current.get()
    if record is not None:
        # Before the caller is authenticated: a change meanwhile must outdate the answer.
        await record.begin(way.asked.route.view.get, way.asked.parts, way.asked.query)
    return await plain_ways.answered(_found, way, scope, send)


async def _found(
    asked: ParsedRequest, key: bytes | None, observation: RequestStats | None
) -> Found:
    """The answer, alone or with others of the same token."""
    if asked.route is DETAIL and not asked.query:
        if not _groups.has_room(key):
            return None
        read = Waiting(asked, copy_context(), observation, time.perf_counter_ns())
        return await _groups.read(key, read)
    # It has of a request of Django's what is looked at.
    if asked.route.view().is_large(PlainRequest(asked)):  # type: ignore[arg-type]
        return None
    return await run_in_worker(_by_view, asked)


def _read(group: Sequence[Waiting]) -> list[Plain | None]:
    """The answers to a group of requests, all with the same token; None where it is the view's. In
    a worker thread."""
    with plain_ways.noted(group):
        by = plain_ways.caller_of(group[0].asked, MEMORIES_READ)
        if by is None:
            return [None] * len(group)
        ids = list({one.asked.parts["doc_id"] for one in group})
        rows = again_without_plans(partial(memories.texts_of, doc_ids=ids, by=by))
    shown = {doc_id: _shown(row, by) for doc_id, brief in rows.items() if (row := completed(brief))}
    return [
        one.context.run(_answer, one.asked, shown.get(one.asked.parts["doc_id"]), by)
        for one in group
    ]


class _Shown(NamedTuple):
    """A memory as the caller sees it."""

    row: Row
    etag: str
    body: bytes


def _shown(row: Row, by: Principal) -> _Shown:
    return _Shown(row, etag(row), orjson.dumps(represent(row, by)))


def _answer(asked: ParsedRequest, shown: _Shown | None, by: Principal) -> Plain | None:
    """The answer to one request, in its context: as `MemoryView.get`."""
    if shown is None or len(shown.body) >= LONG:
        return None
    try:
        is_there = names_present(asked.told.tag, shown.etag)
    except BadInput:
        return None
    dependencies.answered_to(by)
    row = shown.row
    valid_until(instant_of(row["expires_at"]))
    if is_there:
        return Plain(shown.etag)
    note_shown(row["id"], row["owner_id"], by=by)
    return Plain(shown.etag, shown.body)


def _by_view(asked: ParsedRequest) -> Found:
    """What the view answers; None where it refuses. In a worker thread."""
    by = plain_ways.caller_of(asked, MEMORIES_READ)
    if by is None:
        return None
    dependencies.answered_to(by)
    try:
        view = plain_ways.view_of(asked, by)
        get = partial(view.get, view.request, **asked.parts)
        made = view.rendered(again_without_plans(get))
    except (HubError, APIException):
        return None
    bill.charge_answer(len(made.content))
    return plain_ways.plain_of(made, view.request)


_groups: Groups[Waiting, Plain | None] = Groups(_read, most=plain_ways.MOST)
