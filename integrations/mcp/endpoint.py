"""``POST /mcp``: from HTTP to a call and back, for a caller with a token.

One crossing into a worker thread, as for every view of the API. What a client begins with is
answered without one where that can be: one that is refused there stays with the older protocol.
"""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from integrations.mcp import instructing, listening, resources
from integrations.mcp.caller import Caller
from integrations.mcp.offered import server
from integrations.mcp.protocol import replying
from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import INTERNAL_ERROR, INVALID_PARAMS, Fault, Refused
from integrations.mcp.protocol.reading import Failed, Incoming, read
from integrations.mcp.protocol.replying import Reply
from integrations.mcp.tools import catalog
from integrations.mcp.tools.telling import failed_by
from memory_hub.accounts.authentication import principal_of_token, token_of
from memory_hub.accounts.principal import Principal, origin_of
from memory_hub.accounts.scopes import default_scopes
from memory_hub.accounts.secrets import is_delegated
from memory_hub.api import strict_json
from memory_hub.core import callers, credentials, deadline
from memory_hub.core.budget import heavy
from memory_hub.core.errors import (
    BadInput,
    Forbidden,
    HubError,
    MethodNotAllowed,
    MissingScope,
    NotAuthenticated,
    NotFound,
    Unavailable,
    drop_tracebacks,
    hub_error,
    problem_for,
)
from memory_hub.database.plans import again_without_plans
from memory_hub.http.body_budget import USUAL
from memory_hub.http.middleware import compressed_if_long
from memory_hub.http.origins import is_foreign
from memory_hub.journal import tallies
from memory_hub.journal.accesses import before_answering
from memory_hub.rate_limits import bill
from memory_hub.threads.worker_pool import LARGE_BODY, worker_threads

VIA = "mcp"
# Seconds for which what a client begins with waits for a thread.
PATIENCE = 1.0
# Of statuses that a method without a result of its own for errors tells in the protocol's words;
# the others (401, 403, 429, 503) are the same for every client of HTTP.
_CODES = {400: INVALID_PARAMS, 404: INVALID_PARAMS, 500: INTERNAL_ERROR}


async def answer(request: HttpRequest) -> HttpResponse:
    """The answer to whatever comes to ``/mcp``; never raises."""
    try:
        response = await _answered(request)
    except Exception as error:
        # The boundary: whatever happened is told as a problem.
        response = problem_for(error)
    _note_refusal(request, response.status_code)
    return response


def _note_refusal(request: HttpRequest, status: int) -> None:
    """Counts it where it is one: of who asks, where they proved it, else of where it came from."""
    site = callers.site_of(request.META.get("REMOTE_ADDR") or "")
    tallies.refused(status, "/mcp", site, getattr(request, "caller", None))


async def _answered(request: HttpRequest) -> HttpResponse:
    _check_door(request)
    profile = request.GET.get("profile", catalog.DEFAULT)
    if profile not in catalog.PROFILES:
        raise BadInput.at("query:profile", "unknown", "The only profile is chatgpt.")
    try:
        call = await _read(request)
    except Refused as refusal:
        return _http(request, replying.refused(refusal))
    except Failed as failure:
        return _http(request, replying.failed(failure.call, failure.fault))
    if call is None:
        return _http(request, replying.ACCEPTED)
    if call.is_modern and call.method == listening.METHOD:
        return await _listened(_Asked(request, call, profile))
    if server().greeting(call) is None:
        return await _carried_out(_Asked(request, call, profile))
    await _greet(request)
    return _http(request, replying.finished(call, server().greeting(call), server().info))


def _check_door(request: HttpRequest) -> None:
    """Raises what is refused whatever it says: another page's request, another method, nobody's."""
    if is_foreign(request):
        raise Forbidden("Pages of this origin may not use the hub; see HUB_CORS_ORIGINS.")
    if request.method != "POST":
        raise MethodNotAllowed("It answers POST.", headers={"Allow": "POST"})
    if not credentials.of(request).anything:
        raise _unknown(NotAuthenticated("Send a token: Authorization: Bearer mh_…"))


def _unknown(error: NotAuthenticated) -> NotAuthenticated:
    """The same, with the scopes that a client needs for a start."""
    told = NotAuthenticated.headers["WWW-Authenticate"]
    error.headers = {"WWW-Authenticate": f'{told}, scope="{" ".join(default_scopes())}"'}
    return error


async def _read(request: HttpRequest) -> Call | None:
    headers: dict[str, list[str]] = {}
    for name, value in request.scope["headers"]:
        headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    unit = partial(read, Incoming(headers, request.body), _loads)
    if len(request.body) > LARGE_BODY:
        return await worker_threads().run(unit, large=True)
    return unit()


def _loads(body: bytes) -> Any:
    try:
        return strict_json.loads(body)
    except BadInput as error:
        raise ValueError(str(error)) from None


async def _greet(request: HttpRequest) -> None:
    """Sees that the caller is somebody. Whoever was met in this process before is, and a busy hub
    takes everybody's word: nothing is told here but how to use it."""
    is_known = callers.credential_of(request.scope).user_id is not None
    if is_known and not instructing.are_old():
        return
    with suppress(Unavailable, TimeoutError, DatabaseError):
        async with asyncio.timeout(PATIENCE):
            await worker_threads().run(partial(_get_ready, request))


def _get_ready(request: HttpRequest) -> None:
    _caller(request)
    if instructing.are_old():
        with suppress(DatabaseError):
            instructing.read()


def _caller(request: HttpRequest) -> Principal:
    """Who asks. Raises NotAuthenticated."""
    try:
        by = principal_of_token(token_of(request), origin_of(request, VIA), request.path_info)
    except NotAuthenticated as error:
        raise _unknown(error) from None
    request.caller = by
    bill.pays(by.user_id)
    return by


class _Asked(NamedTuple):
    """A call as it came."""

    request: HttpRequest
    call: Call
    profile: str

    @property
    def is_large(self) -> bool:
        """Whether it may compute for long."""
        tool = catalog.PROFILES[self.profile].get(str(self.call.params.get("name")))
        heavy = self.call.method == "tools/call" and tool is not None and tool.is_large
        return heavy or len(self.request.body) > LARGE_BODY


async def _carried_out(asked: _Asked) -> HttpResponse:
    present = deadline.current.get()
    if present is not None:
        present.reads = True  # until a tool says otherwise
    try:
        return await worker_threads().run(partial(_unit, asked), large=asked.is_large)
    except asyncio.CancelledError:
        # Whoever cuts a late request off takes an answer that comes then (`http/time_limit.py`).
        if present is None or not present.is_over:
            raise
        error = present.end()
    except Unavailable as refusal:
        error = refusal
    return _http(asked.request, _told(asked, error))


async def _listened(asked: _Asked) -> HttpResponse:
    """A stream, or the refusal of one."""
    try:
        caller, wanted = await worker_threads().run(partial(_subscribing, asked))
    except Fault as fault:
        return _http(asked.request, replying.failed(asked.call, fault))
    who_now = partial(_caller, asked.request)
    return await listening.listen(asked.call, caller, wanted, who_now)


def _subscribing(asked: _Asked) -> tuple[Caller, listening.Subscription]:
    by = _caller(asked.request)
    bill.refuse_if_over()
    caller = Caller(by, asked.profile, token_of(asked.request))
    return caller, listening.wanted_of(asked.call, by)


def _unit(asked: _Asked) -> HttpResponse:
    """The whole way of a call inside one worker thread."""
    by = _caller(asked.request)
    if len(asked.request.body) > USUAL:
        heavy()
    reply = _reply(asked, by)
    bill.charge_answer(len(reply.body))
    return _http(asked.request, reply)


def _reply(asked: _Asked, by: Principal) -> Reply:
    caller = Caller(by, asked.profile, token_of(asked.request))
    try:
        bill.refuse_if_over()
        with before_answering():
            result = again_without_plans(partial(server().carry_out, asked.call, caller))
        return replying.finished(asked.call, result, server().info)
    except Fault as fault:
        return replying.failed(asked.call, fault)
    except Exception as caught:
        # Told as a problem of the hub's, whatever it was.
        error = hub_error(caught)
        drop_tracebacks(caught)
    return _told(asked, error)


def _told(asked: _Asked, error: HubError) -> Reply:
    """An error of a tool goes to the model, which can do something about it; a client that was let
    in and lacks a scope is told so, and asks its person for it."""
    if isinstance(error, MissingScope) and is_delegated(token_of(asked.request)):
        raise error
    if asked.call.method == "tools/call":
        _note_refusal(asked.request, error.status)
        return replying.finished(asked.call, failed_by(error), server().info)
    code = _CODES.get(error.status)
    if code is None:
        raise error
    _note_refusal(asked.request, error.status)
    is_missing = error.status == NotFound.status and asked.call.method == resources.READ
    fault = resources.unknown(asked.call) if is_missing else Fault(code, str(error))
    return replying.failed(asked.call, fault)


def _http(request: HttpRequest, reply: Reply) -> HttpResponse:
    response = HttpResponse(reply.body, status=reply.status, headers=reply.headers)
    if reply.media_type is None:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = reply.media_type
    return compressed_if_long(request, response)
