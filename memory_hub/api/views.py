"""The base of every API view: one crossing into a worker thread, problem details for errors.

A handler written ``def get(...)`` runs in that thread together with authentication and rendering;
one written ``async def get(...)`` is awaited on the event loop after authentication, for views that
fan out to other services. Handlers return data or an HttpResponse.
"""

from collections.abc import AsyncGenerator, Callable
from functools import partial
from inspect import iscoroutinefunction
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from memory_hub.api.replays import KeyedView
from memory_hub.api.serializers import Nothing, query_parameters
from memory_hub.caching import dependencies
from memory_hub.core import callers, deadline
from memory_hub.core.budget import heavy
from memory_hub.core.errors import (
    BadInput,
    MethodNotAllowed,
    MissingScope,
    NotAuthenticated,
    TokenRestricted,
    problem_for,
)
from memory_hub.core.identity import Identity
from memory_hub.core.route_templates import template
from memory_hub.database.plans import again_without_plans
from memory_hub.http.body_budget import USUAL
from memory_hub.http.middleware import compressed_if_long
from memory_hub.http.streaming import EventStream
from memory_hub.journal import tallies
from memory_hub.journal.accesses import before_answering
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import ANSWER_BYTES
from memory_hub.threads.worker_pool import LARGE_BODY, run_in_worker, worker_threads


def body_size(request: HttpRequest) -> int:
    """Bytes of the request's body."""
    return int(request.META.get("CONTENT_LENGTH") or 0)


def _size_of(answer: HttpResponse) -> int:
    """Bytes of an answer before it is compressed; 0 of one that is made as it is sent."""
    return 0 if answer.streaming else len(answer.content)


class HubView(KeyedView):
    """An API view. Class attributes say what a method needs and takes:

    ``scopes``  method → token scope, or None where any valid credential will do
    ``queries`` method → serializer of the query string; methods without one take no parameters
    ``public``  methods that answer without a credential
    ``reads``   methods besides GET that change nothing: an Idempotency-Key is nothing to them
    ``conditions`` method → the conditional header that it takes
    ``most_items`` how many items the list of a batch may have: counted before they are parsed
    ``path_schemas`` parameter of the path → its schema, where it is more than any text (openapi.py)
    ``problems`` method → errors besides those that every such method may give (openapi.py)
    ``open_to_anonymous`` decides at run time whether a missing credential may read here
    ``tells_changes`` whether coroutines tell what they change elsewhere (``deadline.changing``)
    ``heeds_restrictions`` whether all that it shows and does is as much as a restricted token is
    for; a view that does not say so refuses tokens that are for a part of what their user has
    """

    scopes: ClassVar[dict[str, str | None]] = {}
    queries: ClassVar[dict[str, type[Serializer]]] = {}
    conditions: ClassVar[dict[str, str]] = {}
    most_items: ClassVar[int | None] = None
    path_schemas: ClassVar[dict[str, dict[str, Any]]] = {}
    problems: ClassVar[dict[str, tuple[int, ...]]] = {}
    heeds_restrictions: ClassVar[bool] = False

    parameters: dict[str, Any]

    # Handlers may be of both kinds; dispatch is a coroutine either way.
    view_is_async = True

    async def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answers the request; never raises."""
        self.args, self.kwargs = args, kwargs
        try:
            answer = await self._dispatch(request, args, kwargs)
        except Exception as error:
            # The boundary: whatever happened is told as a problem.
            answer = problem_for(error)
            self._note_refusal(request, answer.status_code)
        self._untie()
        return answer

    async def _dispatch(self, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        handler = self._handler(request.method or "")
        self.request = self.initialize_request(request, *args, **kwargs)
        if "doc_id" in kwargs:
            deadline.tell(doc_id=kwargs["doc_id"])
        record = dependencies.current.get()
        if record is not None:
            # Before the caller is authenticated: a change meanwhile must outdate the answer.
            await record.begin(handler, kwargs, request.GET)
        if iscoroutinefunction(handler):
            if self._is_public():
                # Asks no database: liveness is told when no thread is free.
                self.admit()
            else:
                await run_in_worker(self.admit)
            answer = await self.perform_outside(handler, args, kwargs)
            if (size := _size_of(answer)) >= ANSWER_BYTES:
                await run_in_worker(bill.charge_answer, size)
            return answer
        unit = partial(self._answer, handler, args, kwargs)
        return await worker_threads().run(unit, large=self.is_large(request))

    def _note_refusal(self, request: HttpRequest, status: int) -> None:
        route = template(request.resolver_match.route) if request.resolver_match else ""
        site = callers.site_of(request.META.get("REMOTE_ADDR") or "")
        tallies.refused(status, route, site, getattr(self, "principal", None))

    def is_large(self, request: HttpRequest) -> bool:
        """Whether this may compute for long or take much memory, as far as that can be told before
        anything is read. Of large requests a user has one answered at a time."""
        return body_size(request) > LARGE_BODY

    def _untie(self) -> None:
        """Cuts the rings that Django and DRF make of the view and its request: all that a slow
        request had would wait for the garbage collector (`drop_tracebacks` says why not)."""
        self.__dict__.pop("head", None)  # Django's: the bound method `get`
        if isinstance(self.request, Request):
            self.request.parser_context.clear()

    def _handler(self, method: str) -> Callable[..., Any]:
        name = "get" if method == "HEAD" else method.lower()
        handler = getattr(self, name, None) if name in self.http_method_names else None
        if handler is None:
            allowed = ", ".join(self.allowed_methods)
            raise MethodNotAllowed(f"It answers {allowed}.", headers={"Allow": allowed})
        return handler

    def _answer(self, handler: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse:
        """The whole way of a request inside one worker thread."""
        self.admit()
        if body_size(self.request._request) > USUAL:
            heavy()
        with before_answering():
            answer = again_without_plans(partial(self.perform, handler, args, kwargs))
        bill.charge_answer(_size_of(answer))
        return compressed_if_long(self.request._request, answer)

    def admit(self) -> None:
        """Who is asking, may they, and is the query string in order. Raises 401, 403, 400."""
        method = self._method()
        if self._is_public():
            bill.pays(None)
            bill.refuse_if_over()
        else:
            self.principal = self._caller(method)
            dependencies.answered_to(self.principal)
            bill.pays(self.principal.user_id or None)
            bill.refuse_if_over()
            scope = self.scopes.get(method)
            if scope:
                self.require(scope)
            if self.principal.is_narrowed and not self.heeds_restrictions:
                raise TokenRestricted("This is not for a token that is restricted.")
        self.parameters = query_parameters(self.request, self.queries.get(method, Nothing))

    def stream(self, frames: AsyncGenerator[bytes, None]) -> EventStream:
        """The answer of a coroutine that goes on: events to the present caller as they come
        (`http/streaming.py`). Raises RateLimited and Unavailable where no more can be opened."""
        return EventStream(frames, by=self.principal, recheck=self._caller_now)

    def _caller_now(self) -> Identity:
        """Whose the request is when it is authenticated anew. Raises NotAuthenticated."""
        inner = self.request._request
        # Read once, it would be the session of then.
        inner.__dict__.pop("session", None)
        again = self.initialize_request(inner)
        try:
            if isinstance(again.auth, Identity):
                return again.auth
            raise NotAuthenticated("The credential is good no longer.")
        finally:
            again.parser_context.clear()

    def require(self, scope: str) -> None:
        """Raises MissingScope where the credential does not carry the scope."""
        if not self.principal.may(scope):
            raise MissingScope(f"This needs a token with the scope {scope}.", scope=scope)

    def _caller(self, method: str) -> Identity:
        principal = self.request.auth
        if isinstance(principal, Identity):
            return principal
        anonymous = self.anonymous() if method == "GET" else None
        if anonymous is None:
            raise NotAuthenticated("Send a token: Authorization: Bearer mh_…")
        return anonymous

    def anonymous(self) -> Identity | None:
        """The principal of a GET without a credential, or None: 401."""
        return None

    def body(self, kind: type[Serializer], **options: Any) -> dict[str, Any]:
        """The validated body. Raises 415 and 400, that also where there is none: who has nothing to
        say sends ``{}``."""
        serializer = kind(data=self.request.data, **options)
        serializer.is_valid(raise_exception=True)
        if not body_size(self.request._request):
            raise BadInput.at("", "no-body", "A JSON object is expected as the body.")
        return serializer.validated_data

    def no_body(self) -> None:
        """Refuses a body with anything in it; clients send ``{}`` where none is needed."""
        if self.request._request.body:
            self.body(Nothing)

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """The methods of this path, without a body."""
        return HttpResponse(status=204, headers={"Allow": ", ".join(self.allowed_methods)})
