"""Connections to Google that never send a request twice by themselves, and are not made while
Google is gone."""

import errno
import http.client
import logging
import socket
import ssl
from typing import Any

import google_docs.client.slim_httplib2  # noqa: F401 - it must load before httplib2

# isort: split
import httplib2

from google_docs.errors import Gone, GoogleUnreachable
from memory_hub.core.circuit_breaker import Breaker
from memory_hub.core.errors import drop_tracebacks

logger = logging.getLogger(__name__)
UNREACHABLE = "Google cannot be reached from here."
# Connections in a row that could not be made; left alone for.
GONE_AFTER, GONE_SECONDS = 5, 3.0
_NOBODY_THERE = {
    errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN,
}  # fmt: skip


def new_breaker() -> Breaker:
    """Opens when Google is gone."""
    return Breaker(GONE_SECONDS, failures=GONE_AFTER)


class _Connection(http.client.HTTPConnection):
    """httplib2 sends a request again by itself when the server closes without an answer: a save
    would become two documents. An error that it does not know of stops that.

    The breaker hears only of whether there was a connection: before one is made nothing was sent,
    and what becomes of a call afterwards (an error, a cut, silence) is none of its business.
    """

    breaker: Breaker

    def connect(self) -> None:
        """Raises Unreachable when there is nobody to talk to, Gone when that is certain."""
        if not self.breaker.allows():
            # A probe is under way: another try, a moment later, knows how it ended.
            raise GoogleUnreachable(UNREACHABLE)
        try:
            super().connect()
        except OSError as error:
            if not isinstance(error, socket.gaierror) and error.errno not in _NOBODY_THERE:
                raise
            # httplib2 holds it in a variable.
            drop_tracebacks(error)
            raise self._nobody_there() from None
        self._somebody_there()

    def _nobody_there(self) -> GoogleUnreachable:
        was_closed = self.breaker.closed
        self.breaker.failed()
        if self.breaker.closed:
            return GoogleUnreachable(UNREACHABLE)
        gone = Gone.for_(self.breaker.open_seconds)
        if was_closed:
            logger.warning("%s", gone)
        return gone

    def _somebody_there(self) -> None:
        if not self.breaker.closed:
            logger.warning("Google can be reached again.")
        self.breaker.succeeded()

    def getresponse(self) -> http.client.HTTPResponse:
        try:
            return super().getresponse()
        except (http.client.BadStatusLine, http.client.ResponseNotReady) as error:
            self.close()
            raise ConnectionResetError("closed without an answer") from error


class _Http(_Connection, httplib2.HTTPConnectionWithTimeout):
    pass


class _Https(_Connection, httplib2.HTTPSConnectionWithTimeout):
    """With one TLS context for all connections: making one costs 44 ms."""

    context = ssl.create_default_context()

    def __init__(
        self,
        host: str,
        port: int | None = None,
        timeout: float | None = None,
        proxy_info: Any = httplib2.proxy_info_from_environment,
        **_ignored: Any,
    ) -> None:
        self.disable_ssl_certificate_validation = False
        self.ca_certs = self.key_file = self.cert_file = self.key_password = None
        callable_info = proxy_info and not isinstance(proxy_info, httplib2.ProxyInfo)
        self.proxy_info = proxy_info("https") if callable_info else proxy_info
        http.client.HTTPSConnection.__init__(
            self, host, port=port, timeout=timeout, context=self.context
        )


class StrictHttp(httplib2.Http):
    """An Http whose connections never replay and share a breaker, and which follows no redirect."""

    def __init__(self, timeout: float, breaker: Breaker | None = None) -> None:
        super().__init__(timeout=timeout)
        self.follow_redirects = False
        self.breaker = breaker or new_breaker()

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Any = None,
        redirections: int = httplib2.DEFAULT_MAX_REDIRECTS,
        connection_type: Any = None,
    ) -> Any:
        kind = connection_type or (_Https if uri.startswith("https:") else _Http)
        return super().request(uri, method, body, headers, redirections, kind)

    def _conn_request(self, conn: _Connection, *request: Any) -> Any:
        """The one place where httplib2 connects. It keeps a connection on which an answer was cut
        off, which the next call would find broken."""
        conn.breaker = self.breaker
        try:
            return super()._conn_request(conn, *request)
        except (OSError, http.client.HTTPException):
            conn.close()
            raise
