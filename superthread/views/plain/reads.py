"""Plain GETs (`asking.py`) without Django's request and DRF's view around them.

Those of one memory that wait at the same moment are carried out together: of each token one
crossing into a thread, one look at the token, one statement. Others, lists among them, are answered
by the ``get`` of their view; those that ask the same at the same moment, with the same token, by
one call of it. What it reads it reads after each of them has come.

The views are the definition. Whatever turns out to be more than plain, and all that is refused,
goes the way of all requests from the start. Policies, SQL and rendering are the same; a generated
test holds both ways to the byte.
"""

import time
from collections.abc import Hashable, Sequence
from contextvars import copy_context
from functools import partial
from typing import NamedTuple

import orjson
from django.conf import settings
from django.http import HttpResponse
from rest_framework.exceptions import APIException

from memory_hub.accounts.principal import Principal
from memory_hub.api.preconditions import names_present
from memory_hub.caching import dependencies, valid_until
from memory_hub.caching.dependencies import Shared
from memory_hub.core.asgi_types import Scope, Send
from memory_hub.core.errors import BadInput, HubError
from memory_hub.core.request_stats import RequestStats
from memory_hub.database.plans import again_without_plans
from memory_hub.http.envelopes import Plain, copied
from memory_hub.http.middleware import LONG
from memory_hub.journal import tallies
from memory_hub.rate_limits import bill
from memory_hub.threads.groups import Groups
from superthread.feed.shown import note_shown
from superthread.reads import memories
from superthread.reads.representation import Row, completed, etag, instant_of, represent
from superthread.scopes import MEMORIES_READ
from superthread.views.plain import ways
from superthread.views.plain.asking import DETAIL, READS, ParsedRequest, PlainRequest
from superthread.views.plain.ways import Found, Waiting


async def answer(scope: Scope, send: Send) -> bool:
    """Answers a plain GET. False, and nothing is sent, where it is none, or turns out to be more
    than plain."""
    way = await ways.begun(scope, READS) if settings.HUB_GROUPED_READS else None
    if way is None:
        return False
    record = dependencies.current.get()
    if record is not None:
        # Before the caller is authenticated: a change meanwhile must outdate the answer.
        await record.begin(way.asked.route.view.get, way.asked.parts, way.asked.query)
    return await ways.answered(_found, way, scope, send)


async def _found(
    asked: ParsedRequest, key: bytes | None, observation: RequestStats | None
) -> Found:
    """The answer, alone or with others of the same token."""
    line: Hashable = key
    is_detail = _is_detail(asked)
    if not is_detail:
        # It has of a request of Django's what is looked at.
        if asked.route.view().is_large(PlainRequest(asked)):  # type: ignore[arg-type]
            return None
        line = (key, asked.question)
    if not _groups.has_room(line):
        return None
    read = Waiting(asked, copy_context(), observation, time.perf_counter_ns())
    return await _groups.read(line, read, at_once=not is_detail)


def _is_detail(asked: ParsedRequest) -> bool:
    """Whether it is one memory that is asked for, as it is now and whole."""
    return asked.route is DETAIL and not asked.query


def _read(group: Sequence[Waiting]) -> list[Found]:
    """The answers to a group of requests, all with the same token; None where it is the view's. In
    a worker thread."""
    return _details(group) if _is_detail(group[0].asked) else _by_view(group)


def _details(group: Sequence[Waiting]) -> list[Found]:
    """The same of requests for single memories."""
    with ways.noted(group):
        by = ways.caller_of(group[0].asked, MEMORIES_READ)
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


def _by_view(group: Sequence[Waiting]) -> list[Found]:
    """The same of requests that all ask the same: what the view answers, None where it refuses."""
    made = _made(group)
    if made is None:
        return [None] * len(group)
    return [one.context.run(made.answer) for one in group]


class _Made:
    """The answer of a view to several requests that ask the same, and what it depends on."""

    def __init__(self, found: Plain | HttpResponse, size: int, by: Principal, on: Shared) -> None:
        self._found, self._size, self._by, self._on = found, size, by, on

    def answer(self) -> Plain | HttpResponse:
        """The answer to one of them, in its context."""
        dependencies.answered_to(self._by)
        self._on.tell()
        for kind, subject_id in self._on.shows:
            tallies.read(kind, subject_id, self._by)
        bill.charge_answer(self._size)
        # Middleware change what they are given.
        return self._found if isinstance(self._found, Plain) else copied(self._found)


def _made(group: Sequence[Waiting]) -> _Made | None:
    """What the view answers to the group; None where it refuses. In none of their contexts: what it
    takes of a budget is the unit of work's, as is that it was heavy."""
    asked = group[0].asked
    with ways.noted(group), dependencies.shared() as on:
        by = ways.caller_of(asked, MEMORIES_READ)
        if by is None:
            return None
        try:
            view = ways.view_of(asked, by)
            get = partial(view.get, view.request, **asked.parts)
            made = view.rendered(again_without_plans(get))
        except (HubError, APIException):
            return None
        # Before it is compressed.
        size = len(made.content)
        return _Made(ways.plain_of(made, view.request), size, by, on)


_groups: Groups[Waiting, Found] = Groups(_read, most=ways.MOST)
