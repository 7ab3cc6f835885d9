"""Google credentials that many threads share, in the four modes that can own documents.

Importing this module imports google-auth: only `backend` does, once configured.
"""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import google.auth
from google.auth import credentials as base
from google.auth._helpers import utcnow
from google.auth.exceptions import RefreshError
from google.auth.transport import Request
from google.oauth2 import credentials as oauth2

from google_docs.errors import NotConfigured, NoToken, ServiceAccountOwnsNothing

EARLY = timedelta(minutes=4)  # refreshed so long before the end
# Seconds that a refusal of the token endpoint is believed.
REFUSED_FOR = 60.0
# Seconds that it is left alone when it did not answer properly.
BUSY_FOR = 3.0


class SharedCredentials(base.Credentials):
    """One identity's credential for all threads: however many find it stale, one refreshes it, and
    the others wait without a thread (`flight`).

    `describe()` tells what `/health` shows; a token never appears in it.
    """

    def __init__(self, inner: base.Credentials, *, clock: Callable[[], float] = time.monotonic):
        super().__init__()
        self._inner, self._clock = inner, clock
        self._lock = threading.Lock()
        self._flight: Future[Exception | None] | None = None
        self._rejected: str | None = None
        self._failure: tuple[float, Exception] | None = None  # believed until, and what it was
        self._known_refresh_token = getattr(inner, "refresh_token", None)
        self.last_refresh: datetime | None = None

    def before_request(self, request: Request, method: str, url: str, headers: Any) -> None:
        """Put the token into the headers; `flight` saw to it that it is good for some minutes."""
        headers["authorization"] = f"Bearer {self._inner.token}"

    def refresh(self, request: Request) -> None:
        """Refresh now, in this thread. RefreshError or GoogleDocsError."""
        failure = self._refresh(lambda: request)
        if failure is not None:
            raise failure

    def reject(self, token: str | None) -> None:
        """Google answered 401 to this token: it is stale, unless there is another one already."""
        self._rejected = token

    @property
    def token_in_use(self) -> str | None:
        return self._inner.token

    def flight(
        self, submit: Callable[..., Future[Exception | None]], request: Callable[[], Request]
    ) -> Future[Exception | None] | None:
        """None when the token is good; else the refresh to wait for, begun with `submit` if none
        is under way. Its result is what went wrong, or None."""
        with self._lock:
            if not self._stale():
                return None
            if self._flight is None or self._flight.done():
                self._flight = submit(self._refresh, request)
            return self._flight

    def _stale(self) -> bool:
        inner = self._inner
        if not inner.token or inner.token == self._rejected:
            return True
        return inner.expiry is not None and utcnow() >= inner.expiry - EARLY

    def _refresh(self, request: Callable[[], Request]) -> Exception | None:
        if self._failure and self._clock() < self._failure[0]:
            return self._failure[1]
        try:
            self._inner.refresh(_asking_once(request()))
        except Exception as error:
            # The libraries trip over answers of other shapes.
            self._failure = (self._clock() + _believed(error), error)
            return error
        self._failure = None
        self.last_refresh = utcnow()
        return None

    def take_rotated(self) -> str | None:
        """The refresh token that Google gave in the stead of the known one, once."""
        present = getattr(self._inner, "refresh_token", None)
        if present == self._known_refresh_token:
            return None
        self._known_refresh_token = present
        return present

    def describe(self) -> dict[str, Any]:
        """When the token ends and when it was last renewed, RFC 3339 in UTC."""
        return {
            "expires_at": _utc(self._inner.expiry),
            "last_refresh": _utc(self.last_refresh),
        }


def _believed(error: Exception) -> float:
    """For how many seconds a failure is told again without another try."""
    if isinstance(error, NoToken):
        return error.retry_after or BUSY_FOR
    if isinstance(error, RefreshError):
        return BUSY_FOR if error.retryable else REFUSED_FOR
    # That a connection could not be made the breaker knows.
    return 0.0


def _asking_once(request: Request) -> Request:
    """The library repeats what the token endpoint did not answer properly, and so do our own
    retries: one try is enough. NoToken for such an answer."""

    def ask(*args: Any, **options: Any) -> Any:
        response = request(*args, **options)
        if options.get("method") != "POST":
            # The metadata server of Google Cloud.
            return response
        try:
            told = json.loads(response.data)
        except (ValueError, RecursionError):
            told = None
        tokens = {"access_token", "id_token"}
        senseless = not isinstance(told, dict) or (
            response.status == 200 and not tokens & set(told)
        )
        if response.status == 429 or response.status >= 500 or senseless:
            raise NoToken.after_answer(response.status, response.headers.get("retry-after"))
        return response

    return ask


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.replace(microsecond=0).isoformat() + "Z"


def of_user(
    refresh_token: str, *, client_id: str, client_secret: str, token_uri: str, scopes: list[str]
) -> SharedCredentials:
    """The credential of someone who gave the consent."""
    return SharedCredentials(
        oauth2.Credentials(
            None,
            refresh_token=refresh_token,
            client_id=client_id,
            client_secret=client_secret,
            token_uri=token_uri,
            scopes=scopes,
        )
    )


def of_service_account(
    source: str, *, scopes: list[str], drive_id: str | None, subject: str | None
) -> SharedCredentials:
    """The credential of a service account: JSON or the path of a file with it.

    It has no storage of its own: without a shared drive or someone to act for it could never
    save anything, so that is refused here and not at the first save.
    """
    if not drive_id and not subject:
        raise ServiceAccountOwnsNothing(
            "A service account has no storage in My Drive. Set GOOGLE_DRIVE_ID to a shared drive "
            "that it is a content manager of, or GOOGLE_DELEGATED_SUBJECT to the address that it "
            "acts for (domain-wide delegation)."
        )
    # 3 MB that no other mode needs.
    from google.oauth2 import service_account

    try:
        info = json.loads(source if source.lstrip().startswith("{") else Path(source).read_text())
        inner = service_account.Credentials.from_service_account_info(info, scopes=scopes)
    except (OSError, ValueError) as error:
        raise NotConfigured(
            "GOOGLE_SERVICE_ACCOUNT is neither the JSON of a service account nor the path of one.",
            missing=["GOOGLE_SERVICE_ACCOUNT"],
        ) from error
    return SharedCredentials(inner.with_subject(subject) if subject else inner)


def of_environment(*, scopes: list[str]) -> SharedCredentials:
    """Application default credentials; takes 0.3 s, never call it inside a request."""
    try:
        inner, _project = google.auth.default(scopes=scopes)
    except google.auth.exceptions.DefaultCredentialsError as error:
        raise NotConfigured(
            "GOOGLE_USE_ADC is set, but there are no application default credentials here."
        ) from error
    return SharedCredentials(inner)
