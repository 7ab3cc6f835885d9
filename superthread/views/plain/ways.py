"""What the ways of plain requests have in common: `reads.py` reads, `saves.py` saves,
`searches.py` searches."""

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import Error, OperationalError
from django.http import HttpResponse, QueryDict
from rest_framework.serializers import Serializer

from memory_hub.accounts.authentication import principal_of_token
from memory_hub.accounts.principal import Principal
from memory_hub.api.serializers import Nothing, parameters_of
from memory_hub.core import request_stats
from memory_hub.core.asgi_types import Scope, Send
from memory_hub.core.callers import Credential, credential_of
from memory_hub.core.errors import HubError, NotAuthenticated, is_unavailable, problem_for
from memory_hub.core.identity import Origin, Via
from memory_hub.core.request_id import current_request_id
from memory_hub.core.request_stats import RequestStats
from memory_hub.http.envelopes import Envelope, Envelopes, Plain
from memory_hub.http.middleware import LONG, compressed_if_long
from memory_hub.journal import tallies
from memory_hub.rate_limits import bill
from superthread.views.plain.asking import PREFIX, ParsedRequest, PlainRequest, Route, asked_by

# Of a group; what is read or saved of each is short.
MOST = 64
# The answer to a plain request; None where it is the view's.
Found = Plain | HttpResponse | None
# Finds it, given by which token it is asked and what is noted of the request. Raises what has to do
# with no thread, no database or with what was asked for.
Find = Callable[[ParsedRequest, bytes | None, RequestStats | None], Awaitable[Found]]


class Waiting(NamedTuple):
    """One of a group: what is asked, the context of its request, what is noted of that."""

    asked: ParsedRequest
    context: Context
    observation: RequestStats | None
    since_ns: int


class Way(NamedTuple):
    """A plain request on its way: what is asked, by which credential, what stands around its
    answer."""

    asked: ParsedRequest
    credential: Credential
    envelope: Envelope


async def begun(scope: Scope, routes: Iterable[Route]) -> Way | None:
    """The way of a plain request of these routes. None for any other one, and where it is not known
    whose it is or whether they may pay for it."""
    asked = asked_by(scope, routes)
    if asked is None or settings.HUB_AUDIT_READS == "every":
        return None
    credential = credential_of(scope)
    if credential.user_id is None or bill.is_refused() or not bill.is_settled():
        return None
    envelope = await _envelopes.of(asked.told.kind, scope)
    return None if envelope is None else Way(asked, credential, envelope)


async def answered(find: Find, way: Way, scope: Scope, send: Send) -> bool:
    """Sends what ``find`` finds for the request. False, and nothing is sent, where that is nothing,
    or an error that says something of what was asked: it is for the view to tell."""
    observation = request_stats.current.get()
    try:
        found = await find(way.asked, way.credential.digest, observation)
        return await _send_found(found, way, scope, send)
    except (Error, HubError) as error:
        # Else: there was no thread for it, or no database to ask.
        if not _is_for_all(error):
            return False
        return await _send_found(problem_for(error), way, scope, send)
    finally:
        # Last: what stands around an answer knows of no route.
        if observation is not None:
            observation.route, observation.user_id = way.asked.route.name, way.credential.user_id


async def _send_found(found: Found, way: Way, scope: Scope, send: Send) -> bool:
    """Sends what was found; False where it is nothing."""
    if isinstance(found, Plain):
        await way.envelope.send(found, scope, send)
    elif found is not None:
        await way.envelope.send_whole(found, scope, send)
    return found is not None


def _is_for_all(error: Error | HubError) -> bool:
    """Whether the error says nothing of what was asked: no thread or no database."""
    return isinstance(error, HubError | OperationalError) or is_unavailable(error)


@contextmanager
def noted(group: Iterable[Waiting]) -> Iterator[None]:
    """A block that works for the group: each of its requests has waited until now, and its time in
    the database is that of the group."""
    started_ns, present = time.perf_counter_ns(), RequestStats()
    token = request_stats.current.set(present)
    try:
        yield
    finally:
        request_stats.current.reset(token)
        for one in group:
            if one.observation is not None:
                one.observation.wait_ns += started_ns - one.since_ns
                one.observation.db_ns += present.db_ns


def origin_of(asked: ParsedRequest) -> Origin:
    """Where the request comes from: under its id in its context, else under none."""
    return Origin(Via.REST, current_request_id(), asked.address)


def caller_of(asked: ParsedRequest, scope: str) -> Principal | None:
    """Whose token it is, where it carries the scope."""
    try:
        token = asked.told.token.decode("latin-1")
        by = principal_of_token(token, origin_of(asked), PREFIX)
    except NotAuthenticated:
        return None
    return by if by.may(scope) else None


def view_of(asked: ParsedRequest, by: Principal) -> Any:
    """The view of a plain request as it is when the caller was admitted. Raises BadInput for a
    query string that is not in order."""
    view = asked.route.view()
    view.request, view.args, view.kwargs = PlainRequest(asked), (), asked.parts
    view.principal = by
    kind = view.queries.get(view.request.method, Nothing)
    view.parameters = _parameters(kind, asked.text).copy()
    return view


def plain_of(made: HttpResponse, request: PlainRequest) -> Plain | HttpResponse:
    """A view's answer, plain where it can be."""
    said = made.headers
    if made.status_code == 304:
        return Plain(said["ETag"])
    size = len(made.content)
    is_usual = made.status_code == (201 if "Location" in said else 200)
    if not is_usual or size >= LONG:
        # It has of a request of Django's what is looked at.
        return compressed_if_long(request, made)  # type: ignore[arg-type]
    return Plain(said.get("ETag"), made.content, said.get("Location"))


def told(asked: ParsedRequest, view: Any, make: Callable[[], HttpResponse]) -> Plain | HttpResponse:
    """What is made of the view's answer, or of why there is none: as by its ``dispatch``."""
    try:
        made = make()
        bill.charge_answer(len(made.content))
        return plain_of(made, view.request)
    except Exception as error:
        answer = problem_for(error)
        tallies.refused(answer.status_code, asked.route.name, asked.address, view.principal)
        return answer


@lru_cache(maxsize=512)
def _parameters(kind: type[Serializer], text: str) -> dict[str, Any]:
    """The validated query. Raises BadInput. What it says does not change with time: that is asked
    only where an old state is read."""
    return parameters_of(QueryDict(text), kind)


_envelopes = Envelopes()
