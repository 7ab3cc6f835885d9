"""Connections to Google that never send a request twice by themselves."""

import http.client
import ssl
from typing import Any

import google_docs.lean  # noqa: F401 - it must load before httplib2

# isort: split
import httplib2


class _NoReplay(http.client.HTTPConnection):
    """httplib2 sends a request again by itself when the server closes without an answer: a save
    would become two documents. An error that it does not know of stops that."""

    def getresponse(self) -> http.client.HTTPResponse:
        try:
            return super().getresponse()
        except (http.client.BadStatusLine, http.client.ResponseNotReady) as error:
            self.close()
            raise ConnectionResetError("closed without an answer") from error


class _Http(_NoReplay, httplib2.HTTPConnectionWithTimeout):
    pass


class _Https(_NoReplay, httplib2.HTTPSConnectionWithTimeout):
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
    """An Http whose connections never replay and which follows no redirect."""

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self.follow_redirects = False

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
