"""Plain GETs (`asking.py`) without Django's request and DRF's view around them.

Those of memories that are named (by id or path; their versions and permissions) that wait at the
same moment are carried out together: of each token one crossing into a thread, one look at the
token, as many statements for all of a kind as for one. Lists are answered by the ``get`` of their
view; those that ask the same at the same moment, with the same token, by one call of it. What it
reads it reads after each of them has come.

The views are the definition: they find what several of them show, and a single one is a group of
one. Whatever turns out to be more than plain, and all that is refused, goes the way of all requests
from the start. A generated test holds both ways to the byte.
"""

import time
from collections.abc import Hashable, Iterator, Sequence
from contextvars import copy_context
from functools import partial

from django.conf import settings
from django.http import HttpResponse
from rest_framework.exceptions import APIException

from memory_hub.accounts.principal import Principal
from memory_hub.caching import dependencies
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
from superthread.scopes import MEMORIES_READ
from superthread.views.base import GroupedView
from superthread.views.plain import ways
from superthread.views.plain.asking import READS, ParsedRequest, PlainRequest
from superthread.views.plain.ways import Found, Waiting

# Rows that are read by one statement, about.
MOST_ROWS = 100


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
    # It has of a request of Django's what is looked at.
    if asked.query and asked.route.view().is_large(PlainRequest(asked)):  # type: ignore[arg-type]
        return None
    is_grouped = _is_grouped(asked)
    line: Hashable = key if is_grouped else (key, asked.question)
    if not _groups.has_room(line):
        return None
    read = Waiting(asked, copy_context(), observation, time.perf_counter_ns())
    return await _groups.read(line, read, at_once=not is_grouped)


def _is_grouped(asked: ParsedRequest) -> bool:
    """Whether others may be read with it."""
    view = asked.route.view
    return issubclass(view, GroupedView) and view.is_grouped(asked.query)


def _read(group: Sequence[Waiting]) -> list[Found]:
    """The answers to a group of requests, all with the same token; None where it is the view's. In
    a worker thread."""
    return _together(group) if _is_grouped(group[0].asked) else _by_view(group)


def _together(group: Sequence[Waiting]) -> list[Found]:
    """The same of requests for what is named, of whatever kinds."""
    answers: list[Found] = [None] * len(group)
    with ways.noted(group):
        by = ways.caller_of(group[0].asked, MEMORIES_READ)
        if by is None:
            return answers
        for kind, members in _portions(group, by):
            views = [view for _, view in members]
            outcomes = again_without_plans(partial(kind.found, views))
            for (number, view), outcome in zip(members, outcomes, strict=True):
                if outcome is not None and not isinstance(outcome, HubError):
                    answers[number] = group[number].context.run(_answer, view, outcome)
    return answers


_Members = list[tuple[int, GroupedView]]


def _portions(
    group: Sequence[Waiting], by: Principal
) -> Iterator[tuple[type[GroupedView], _Members]]:
    """The views of one kind that are read by one statement, with their numbers in the group."""
    kinds: dict[type[GroupedView], _Members] = {}
    for number, one in enumerate(group):
        try:
            view = ways.view_of(one.asked, by)
        except BadInput:
            continue
        kinds.setdefault(type(view), []).append((number, view))
    for kind, members in kinds.items():
        begun, rows = 0, 0
        for number, (_, view) in enumerate(members):
            if rows and rows + view.weight > MOST_ROWS:
                yield kind, members[begun:number]
                begun, rows = number, 0
            rows += view.weight
        yield kind, members[begun:]


def _answer(view: GroupedView, found: object) -> Found:
    """The answer to one request, in its context; None where its view refuses it."""
    try:
        made = view.shown(found)
    except HubError:
        return None
    dependencies.answered_to(view.principal)
    body = made.body or b""
    bill.charge_answer(len(body))
    return ways.plain_of(made.response(), view.request) if len(body) >= LONG else made


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
