"""Plain GETs (`plain.py`) without Django's request and DRF's view around them.

Those of one memory that wait at the same moment are carried out together: of each token one
crossing into a thread, one look at the token, one statement. Others, lists among them, have a
crossing of their own, and are answered by the ``get`` of their view.

The views are the definition. Whatever turns out to be more than plain, and all that is refused,
goes the way of all requests from the start. Policies, SQL and rendering are the same; a generated
test holds both ways to the byte.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context, copy_context
from functools import lru_cache, partial
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import Error, OperationalError
from django.http import HttpResponse, QueryDict
from rest_framework.exceptions import APIException
from rest_framework.serializers import Serializer

from memory_hub.accounts.authentication import principal_of_token
from memory_hub.accounts.principal import Principal
from memory_hub.api.preconditions import names_present
from memory_hub.api.serializers import Nothing, parameters_of
from memory_hub.caching import dependencies, valid_until
from memory_hub.core import request_stats
from memory_hub.core.asgi_types import Scope, Send
from memory_hub.core.callers import credential_of
from memory_hub.core.errors import (
    BadInput,
    HubError,
    NotAuthenticated,
    is_unavailable,
    problem_for,
)
from memory_hub.core.identity import Origin, Via
from memory_hub.core.request_stats import Observation
from memory_hub.database.plans import again_without_plans
from memory_hub.http.envelopes import Envelopes, Plain
from memory_hub.http.middleware import LONG, compressed_if_long
from memory_hub.rate_limits import bill
from memory_hub.threads.groups import Groups
from memory_hub.threads.worker_pool import run_in_worker
from superthread.feed.shown import note_shown
from superthread.reads import memories
from superthread.reads.representation import Row, completed, etag, instant_of, represent
from superthread.scopes import MEMORIES_READ
from superthread.views.plain import DETAIL, PREFIX, Asked, PlainRequest, asked_by

# Of a group; its contents are short ones, 4 MB at most.
MOST = 64


class _Read(NamedTuple):
    """One of a group: what is asked, the context of its request, what is noted of that."""

    asked: Asked
    context: Context
    observation: Observation | None
    since_ns: int

    @property
    def doc_id(self) -> str:
        return self.asked.parts["doc_id"]


async def answer(scope: Scope, send: Send) -> bool:
    """Answers a plain GET. False, and nothing is sent, where it is none, or turns out to be more
    than plain."""
    asked = asked_by(scope)
    if asked is None or not settings.HUB_GROUPED_READS or settings.HUB_AUDIT_READS == "every":
        return False
    credential = credential_of(scope)
    # Whose request it is must be known, and that they may pay for it.
    if credential.user_id is None or bill.is_refused() or not bill.is_settled():
        return False
    envelope = await _envelopes.of(asked.told.kind, scope)
    if envelope is None:
        return False
    record = dependencies.current.get()
    if record is not None:
        # Before the caller is authenticated: a change meanwhile must outdate the answer.
        await record.begin(asked.route.view.get, asked.parts, asked.query)
    observation = request_stats.current.get()
    try:
        found = await _found(asked, credential.digest, observation)
        if isinstance(found, Plain):
            await envelope.send(found, scope, send)
        elif found is not None:
            await envelope.send_whole(found, scope, send)
    except (Error, HubError) as error:
        if not _is_for_all(error):
            return False
        found = problem_for(error)
        await envelope.send_whole(found, scope, send)
    finally:
        if observation is not None:
            observation.route, observation.user_id = asked.route.name, credential.user_id
    return found is not None


async def _found(
    asked: Asked, key: bytes | None, observation: Observation | None
) -> Plain | HttpResponse | None:
    """The answer, None where it is the view's. Raises what has to do with no thread, no database or
    with what was asked for."""
    if asked.route is DETAIL and not asked.query:
        if not _groups.has_room(key):
            return None
        read = _Read(asked, copy_context(), observation, time.perf_counter_ns())
        return await _groups.read(key, read)
    view, request = asked.route.view(), PlainRequest(asked)
    if view.is_large(request):  # type: ignore[arg-type]
        return None
    return await run_in_worker(_by_view, view, request, asked)


def _is_for_all(error: Error | HubError) -> bool:
    """Whether the error says nothing of what was asked: no thread or no database."""
    return isinstance(error, HubError | OperationalError) or is_unavailable(error)


def _read(group: Sequence[_Read]) -> list[Plain | None]:
    """The answers to a group of requests, all with the same token; None where it is the view's. In
    a worker thread."""
    with _noted(group):
        by = _caller(group[0].asked)
        if by is None:
            return [None] * len(group)
        ids = list({one.doc_id for one in group})
        rows = again_without_plans(partial(memories.texts_of, doc_ids=ids, by=by))
    shown = {doc_id: _shown(row, by) for doc_id, brief in rows.items() if (row := completed(brief))}
    return [one.context.run(_answer, one.asked, shown.get(one.doc_id), by) for one in group]


@contextmanager
def _noted(group: Sequence[_Read]) -> Iterator[None]:
    """A block that reads for the group: each of its requests has waited until now, and its time in
    the database is that of the group."""
    started_ns, noted = time.perf_counter_ns(), Observation()
    token = request_stats.current.set(noted)
    try:
        yield
    finally:
        request_stats.current.reset(token)
        for one in group:
            if one.observation is not None:
                one.observation.wait_ns += started_ns - one.since_ns
                one.observation.db_ns += noted.db_ns


def _caller(asked: Asked) -> Principal | None:
    """Whose token it is, where it may read memories."""
    try:
        by = principal_of_token(asked.told.token.decode("latin-1"), Origin(Via.REST), PREFIX)
    except NotAuthenticated:
        return None
    return by if by.may(MEMORIES_READ) else None


class _Shown(NamedTuple):
    """A memory as the caller sees it."""

    row: Row
    etag: str
    body: bytes


def _shown(row: Row, by: Principal) -> _Shown:
    return _Shown(row, etag(row), orjson.dumps(represent(row, by)))


def _answer(asked: Asked, shown: _Shown | None, by: Principal) -> Plain | None:
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


def _by_view(view: Any, request: PlainRequest, asked: Asked) -> Plain | HttpResponse | None:
    """What the view answers; None where it refuses. In a worker thread."""
    by = _caller(asked)
    if by is None:
        return None
    dependencies.answered_to(by)
    view.request, view.args, view.kwargs, view.principal = request, (), asked.parts, by
    try:
        view.parameters = _parameters(view.queries.get("GET", Nothing), asked.text).copy()
        get = partial(view.get, request, **asked.parts)
        made = view.rendered(again_without_plans(get))
    except (HubError, APIException):
        return None
    bill.charge_answer(len(made.content))
    if made.status_code == 304:
        return Plain(made.headers["ETag"])
    if made.status_code != 200 or len(made.content) >= LONG:
        return compressed_if_long(request, made)  # type: ignore[arg-type]
    return Plain(made.headers.get("ETag"), made.content)


@lru_cache(maxsize=512)
def _parameters(kind: type[Serializer], text: str) -> dict[str, Any]:
    """The validated query. Raises BadInput. What it says does not change with time: that is asked
    only where an old state is read."""
    return parameters_of(QueryDict(text), kind)


_groups: Groups[_Read, Plain | None] = Groups(_read, most=MOST)
_envelopes = Envelopes()
