"""Who is asking, where proxies that we know tell it."""

import re
from contextlib import suppress
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from memory_hub.core.addresses import unmapped
from memory_hub.core.asgi_types import Scope
from memory_hub.http.fast_path import Whole


async def _nothing(*_: Any) -> None:
    """An application that answers nothing."""


class _Known:
    """The proxies that we know, by their addresses: an IPv4-mapped one is IPv4."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __contains__(self, host: str | None) -> bool:
        return (unmapped(host) if host else host) in self._inner

    def get_trusted_client_address(self, told: str) -> tuple[str, int]:
        """The last address of X-Forwarded-For that is not one of ours."""
        hosts = ",".join(_plain(part.strip()) for part in told.split(","))
        return self._inner.get_trusted_client_address(hosts)


def _plain(told: str) -> str:
    """One of X-Forwarded-For, perhaps in brackets and with a port; an IPv4-mapped one as IPv4."""
    bracketed = re.fullmatch(r"\[([^\]]*)\](:\d+)?", told)
    if bracketed and (address := unmapped(bracketed[1])) != bracketed[1]:
        return f"{address}{bracketed[2] or ''}"
    return unmapped(told)


class _Everybody:
    """The hosts that "*" names: whoever connects is the proxy that we know.

    What it has added, the last address, is its client's; uvicorn takes the first one, which the
    client has written itself wherever a proxy adds its own to it.
    """

    def __init__(self) -> None:
        self._nobody = ProxyHeadersMiddleware(_nothing, []).trusted_hosts

    def __contains__(self, host: str | None) -> bool:
        return True

    def get_trusted_client_address(self, told: str) -> tuple[str, int]:
        return self._nobody.get_trusted_client_address(told)


class BehindProxies(ProxyHeadersMiddleware):
    """uvicorn's middleware, which passes on the fast path of the application inside."""

    def __init__(self, application: Any, trusted: list[str]) -> None:
        super().__init__(application, trusted)
        self._correct = ProxyHeadersMiddleware(_nothing, trusted)
        if trusted == ["*"]:
            self.trusted_hosts = _Everybody()
        self.trusted_hosts = self._correct.trusted_hosts = _Known(self.trusted_hosts)
        if hasattr(application, "at_once"):
            self.at_once = self._at_once

    def _at_once(self, scope: Scope) -> Whole | None:
        with suppress(StopIteration):
            # It waits for nothing but the application, so one step corrects the scope. A second
            # time, when the application has to be asked after all, changes nothing.
            self._correct(scope, None, None).send(None)
        return self.app.at_once(scope)
