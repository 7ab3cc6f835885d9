"""What a caller can get wrong, and how it is told: problem details (RFC 9457)."""

import logging
from collections.abc import Collection, Iterator
from typing import Any

import orjson
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    SuspiciousOperation,
)
from django.db import DataError, Error, IntegrityError, OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions as drf

from memory_hub.core.request_id import current_request_id

logger = logging.getLogger(__name__)


class HubError(Exception):
    """An error a caller can act on.

    ``detail`` is a sentence for people; keyword arguments become members of the problem document.
    """

    status = 500
    code = "internal-error"
    title = "Something went wrong in the hub"
    headers: dict[str, str] = {}

    def __init__(self, detail: str = "", *, headers: dict[str, str] | None = None, **extra: Any):
        super().__init__(detail or self.title)
        self.extra = extra
        if headers:
            self.headers = headers


def pointer_step(key: str) -> str:
    """One step down a JSON Pointer (RFC 6901)."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


class BadInput(HubError):
    """400 with ``errors``: [{pointer, code, detail}]."""

    status, code, title = 400, "invalid-input", "The request is not valid"

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "BadInput":
        """One error at a JSON Pointer into the body, or at ``query:<name>``."""
        return cls(detail, errors=[{"pointer": pointer, "code": code, "detail": detail}])


class NotAuthenticated(HubError):
    status, code, title = 401, "not-authenticated", "A valid credential is needed"
    headers = {"WWW-Authenticate": 'Bearer realm="memory-hub"'}


class MissingScope(HubError):
    status, code, title = 403, "missing-scope", "The token lacks the scope for this"


class TokenRestricted(HubError):
    status, code, title = 403, "token-restricted", "The token is restricted to less than this"


class RoleTooLow(HubError):
    status, code, title = 403, "role-too-low", "Your role on this does not allow it"


class Forbidden(HubError):
    status, code, title = 403, "forbidden", "This is not allowed"


class NotFound(HubError):
    """404: does not exist and not yours to see, in the same bytes."""

    status, code, title = 404, "not-found", "There is nothing here for you"


class MethodNotAllowed(HubError):
    status, code, title = 405, "method-not-allowed", "This path does not answer that method"


class Conflict(HubError):
    status, code, title = 409, "conflict", "The present state does not allow this"


class StaleRevision(HubError):
    status, code, title = 412, "stale-revision", "The memory was revised by someone else"


class PreconditionFailed(HubError):
    status, code, title = 412, "precondition-failed", "What the request requires is not so"


class TooLarge(HubError):
    status, code, title = 413, "too-large", "The request body is too large"


class UnsupportedMediaType(HubError):
    status, code, title = 415, "unsupported-media-type", "Bodies are JSON in UTF-8"


class Unavailable(HubError):
    status, code, title = 503, "unavailable", "The hub cannot answer just now"
    headers = {"Retry-After": "1"}


class OutcomeUnknown(HubError):
    """503 without Retry-After: the change may have been made, or may still be.

    ``detail`` says how to find out: by the Idempotency-Key or by the id.
    """

    status, code, title = 503, "outcome-unknown", "It is not known whether this was carried out"


class InsufficientStorage(HubError):
    status, code, title = 507, "insufficient-storage", "The disk of the hub is full"


class JsonAnswer(HttpResponse):
    """JSON bytes made by orjson; ``data`` is anything orjson renders. ``about`` are the ids of what
    it goes on telling of where it is kept: with them it ends."""

    about: Collection[str] = ()

    def __init__(self, data: Any, status: int = 200, headers: dict[str, str] | None = None):
        super().__init__(orjson.dumps(data), "application/json", status, headers=headers)


def problem_body(error: HubError) -> dict[str, Any]:
    """The members of the problem document that tell about the error itself."""
    return {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": str(error),
        "code": error.code,
        **error.extra,
    }


def problem(error: HubError) -> HttpResponse:
    """The problem document of an error, with its status and headers."""
    body = problem_body(error) | {"request_id": current_request_id()}
    answer = JsonAnswer(body, error.status, error.headers)
    answer.headers["Content-Type"] = "application/problem+json"
    return answer


def problem_for(error: Exception) -> HttpResponse:
    """The problem document of any exception; unexpected ones are logged with their traceback.

    The exception is over then: what it held of the request is let go.
    """
    try:
        return problem(hub_error(error))
    finally:
        drop_tracebacks(error)


def drop_tracebacks(error: BaseException | None) -> None:
    """Takes the tracebacks off an exception that was dealt with, and off those it came from.

    A traceback holds frames, and a variable in one of them is often the exception itself. Such a
    ring keeps all that the request had until the garbage collector comes by, which then stops every
    other request for as long as there is much to look at.
    """
    while error is not None:
        error.__traceback__ = None
        error = error.__context__


def hub_error(error: Exception) -> HubError:
    """The exception as one of ours."""
    if isinstance(error, HubError):
        return error
    told = getattr(error, "problem", None)
    # An exception of another kind that brings its answer along.
    if isinstance(told, HubError):
        return told
    for kind, translate in _TRANSLATIONS:
        if isinstance(error, kind):
            return translate(error)
    if isinstance(error, Error) and is_unavailable(error):
        return _from_database(error)
    logger.error("Unexpected error", exc_info=error)
    return HubError("The hub failed to answer this; the request id is in its log.")


def _from_validation(error: drf.ValidationError) -> HubError:
    errors = [
        {"pointer": pointer, "code": detail.code.replace("_", "-"), "detail": str(detail)}
        for pointer, detail in _pointed(error.detail, "")
    ]
    first = errors[0]["detail"] if errors else ""
    return BadInput(first, errors=errors)


def _pointed(detail: Any, pointer: str) -> Iterator[tuple[str, drf.ErrorDetail]]:
    """Every leaf of a serializer's errors with its JSON Pointer."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            own = key == "non_field_errors"
            yield from _pointed(value, pointer if own else pointer + pointer_step(str(key)))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            if nested and not value:
                continue
            yield from _pointed(value, f"{pointer}/{index}" if nested else pointer)
    else:
        yield pointer, detail


def _from_drf(error: drf.APIException) -> HubError:
    kinds: dict[int, type[HubError]] = {
        401: NotAuthenticated,
        403: Forbidden,
        404: NotFound,
        405: MethodNotAllowed,
        415: UnsupportedMediaType,
    }
    detail = str(error.detail)
    if isinstance(error, drf.UnsupportedMediaType):
        detail += " Send Content-Type: application/json."
    return kinds.get(error.status_code, BadInput)(detail)


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of a failure, of Django's exception or its driver's; empty without one."""
    return getattr(error.__cause__ or error, "pgcode", None) or ""


def is_unavailable(error: Error) -> bool:
    """Whether PostgreSQL, or the way to it, is at fault and another try may succeed.

    Its driver calls them by many names: a server that became read-only is an internal error, and a
    connection that ended earlier in the request an error of the interface.
    """
    from psycopg2 import InterfaceError

    if isinstance(error, DataError | IntegrityError):
        return False
    if isinstance(error.__cause__ or error, InterfaceError):
        return True
    return sqlstate(error).startswith(UNAVAILABLE)


def _from_database(error: Error) -> HubError:
    """Full disks are 507; everything a retry may cure is 503."""
    cause, message = error.__cause__ or error, str(error).lower()
    logger.error("Database error: %s", type(cause).__name__)
    # PostgreSQL says it in the language of the server, and with a code.
    if sqlstate(error) == _DISK_FULL or "disk is full" in message or "disk i/o" in message:
        return InsufficientStorage("The hub can read but not write until space is freed.")
    return Unavailable("The database did not answer in time; try again.")


# SQLSTATEs; the other one is of a lock that was waited for too long.
_DISK_FULL, LOCK_NOT_AVAILABLE = "53100", "55P03"
# https://www.postgresql.org/docs/current/errcodes-appendix.html, as prefixes: connections, a server
# that only reads, transactions ended by it, conflicts with others (serialization, deadlock),
# resources, locks and waits, an operator's or a limit's end, the system under it.
UNAVAILABLE = ("08", "25006", "25P02", "25P03", "25P04", "40", "53", "55P03", "55006", "57", "58")
_TRANSLATIONS: list[tuple[type[Exception], Any]] = [
    (drf.ValidationError, _from_validation),
    (drf.APIException, _from_drf),
    (Http404, lambda error: NotFound("No such path.")),
    (DisallowedHost, lambda error: BadInput("The Host header names a host that is not ours.")),
    (SuspiciousOperation, lambda error: BadInput()),
    (BadRequest, lambda error: BadInput()),
    (PermissionDenied, lambda error: Forbidden()),
    (IntegrityError, lambda error: Conflict("Someone else changed this at the same time.")),
    (OperationalError, _from_database),
]
