"""Google credentials that many threads share, in the four modes that can own documents.

Importing this module imports google-auth: only `backend` does, once configured.
"""

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import google.auth
from google.auth import credentials as base
from google.auth._helpers import utcnow
from google.auth.exceptions import RefreshError
from google.auth.transport import Request
from google.oauth2 import credentials as oauth2

from google_docs.errors import NotConfigured, ServiceAccountOwnsNothing

DRIVE_FILE = "https://www.googleapis.com/auth/drive.file"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
EARLY = timedelta(minutes=4)  # refreshed so long before the end
REFUSED_FOR = 60.0  # seconds that a refusal of the token endpoint is believed


class SharedCredentials(base.Credentials):
    """One identity's credential for all threads: however many find it stale, one refreshes.

    `describe()` tells what `/health` shows; a token never appears in it.
    """

    def __init__(self, inner: base.Credentials, *, clock: Callable[[], float] = time.monotonic):
        super().__init__()
        self._inner, self._clock = inner, clock
        self._lock = threading.Lock()
        self._used = threading.local()
        self._refusal: tuple[float, RefreshError] | None = None
        self.last_refresh: datetime | None = None

    def before_request(self, request: Request, method: str, url: str, headers: Any) -> None:
        """Put a token that is good for some minutes into the headers."""
        if self._stale():
            self._refresh(request, seen=self._inner.token)
        self._used.token = self._inner.token
        headers["authorization"] = f"Bearer {self._inner.token}"

    def refresh(self, request: Request) -> None:
        """After a 401: another token, unless another thread has it already."""
        self._refresh(request, seen=getattr(self._used, "token", None))

    def _stale(self) -> bool:
        expiry = self._inner.expiry
        return not self._inner.token or (expiry is not None and utcnow() >= expiry - EARLY)

    def _refresh(self, request: Request, seen: str | None) -> None:
        with self._lock:
            if self._inner.token != seen:
                return
            if self._refusal and self._clock() - self._refusal[0] < REFUSED_FOR:
                raise self._refusal[1]
            try:
                self._inner.refresh(request)
            except RefreshError as error:
                if not error.retryable:
                    self._refusal = (self._clock(), error)
                raise
            self._refusal = None
            self.last_refresh = utcnow()

    def describe(self) -> dict[str, Any]:
        """When the token ends and when it was last renewed, RFC 3339 in UTC."""
        return {
            "expires_at": _utc(self._inner.expiry),
            "last_refresh": _utc(self.last_refresh),
        }


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
    from google.oauth2 import service_account  # 3 MB that no other mode needs

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
