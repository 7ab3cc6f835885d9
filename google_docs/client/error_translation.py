"""What Google's client library raises, as typed errors."""

import http.client
import logging
from collections.abc import Callable
from typing import Any

import httplib2
from google.auth.exceptions import RefreshError, TransportError
from googleapiclient.errors import HttpError

from google_docs.client import refusal_texts
from google_docs.errors import (
    BadAnswer,
    CredentialRefused,
    GoogleDocsError,
    GoogleUnreachable,
    NoAnswer,
    NoToken,
    ReauthorizationRequired,
    from_answer,
)
from memory_hub.core.errors import drop_tracebacks

logger = logging.getLogger(__name__)


def translating(work: Callable[[], Any]) -> Any:
    """Calls the work; what the libraries raise becomes a typed error."""
    try:
        return work()
    except Exception as error:
        translated = translate(error)
        if translated is error:
            raise
        # The libraries' frames hold it in variables.
        drop_tracebacks(error)
        try:
            raise translated from error
        finally:
            # It holds this frame, which would hold it.
            del translated


def translate(error: Exception) -> GoogleDocsError:
    """The typed error for an exception of the libraries."""
    if isinstance(error, GoogleDocsError):
        return error
    if isinstance(error, HttpError):
        return from_answer(error.resp.status, error.resp, error.content)
    if isinstance(error, RefreshError):
        return _refresh_failed(error)
    # Around the exception of a token request.
    if isinstance(error, TransportError):
        return GoogleUnreachable("Google's token endpoint cannot be reached from here.")
    if isinstance(error, TimeoutError):
        return NoAnswer("Google did not answer in time.")
    if isinstance(error, (OSError, http.client.HTTPException, httplib2.HttpLib2Error, ValueError)):
        lost = BadAnswer("The connection to Google broke.")
        lost.lost_connection = isinstance(error, ConnectionError)
        return lost
    # The libraries trip over errors of other shapes than they know; by its kind alone, since its
    # text may hold somebody's.
    logger.warning("An answer of Google's could not be read: %s", type(error).__name__)
    return BadAnswer("Google's answer makes no sense.")


def _refresh_failed(error: RefreshError) -> GoogleDocsError:
    if getattr(error, "retryable", False):
        return NoToken("Google's token endpoint does not answer properly.")
    told = next((part for part in error.args if isinstance(part, dict)), {})
    # The library's own words for a log-in that is due again.
    if "reauth" in str(error).lower():
        told = {"error": "invalid_rapt"}
    reason = refusal_texts.reason_of(
        told.get("error", "invalid_grant"), told.get("error_description"), told.get("error_subtype")
    )
    kind = CredentialRefused if reason in refusal_texts.OPERATORS else ReauthorizationRequired
    return kind(refusal_texts.sentence(reason))
