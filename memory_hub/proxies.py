"""Who is asking, where proxies that we know tell it."""

from contextlib import suppress
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from memory_hub.caching.responses import Scope
from memory_hub.shortcut import Shortcut, Whole


async def _nothing(*_: Any) -> None:
    """An application that answers nothing."""


class BehindProxies(ProxyHeadersMiddleware):
    """uvicorn's middleware, which knows of the shortcut of the application inside."""

    def __init__(self, application: Any, trusted: list[str]) -> None:
        super().__init__(application, trusted)
        self._correct = ProxyHeadersMiddleware(_nothing, trusted)
        if isinstance(application, Shortcut):
            self.at_once = self._at_once

    def _at_once(self, scope: Scope) -> Whole | None:
        with suppress(StopIteration):
            # It waits for nothing but the application, so one step corrects the scope. A second
            # time, when the application has to be asked after all, changes nothing.
            self._correct(scope, None, None).send(None)
        return self.app.at_once(scope)
