"""A hub below a path of its host, such as ``https://example.com/hub`` (``HUB_PATH_PREFIX``).

Inside, everything goes by paths without the prefix: what is API, what a request costs, what a kept
answer belongs to. Django alone is told of it, for the links that it makes.
"""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.urls import set_script_prefix

from memory_hub.core.asgi_types import Application, Receive, Scope, Send
from memory_hub.http.fast_path import Whole


class Mounted:
    """Wraps the whole application; takes the prefix off. Without it the paths work too: some
    proxies take it off themselves, and probes ask past them."""

    def __init__(self, application: Application, prefix: str) -> None:
        self.application, self._prefix = application, prefix
        inner = getattr(application, "at_once", None)
        if inner:
            self._inner = inner
            self.at_once = self._at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._take_off(scope)
        await self.application(scope, receive, send)

    def _at_once(self, scope: Scope) -> Whole | None:
        self._take_off(scope)
        return self._inner(scope)

    def _take_off(self, scope: Scope) -> None:
        path = scope["path"]
        # Once, though a server asks for the kept answer first and for the whole way then.
        if not scope.get("root_path") and f"{path}/".startswith(f"{self._prefix}/"):
            scope["path"], scope["root_path"] = path[len(self._prefix) :] or "/", self._prefix


def request_of(scope: Scope, body: bytes) -> ASGIRequest:
    """Django's request, which makes links below the prefix. Raises UnicodeDecodeError and
    ValueError for a head that is none."""
    set_script_prefix(f"{settings.HUB_PATH_PREFIX}/")
    return _Request(scope, BytesIO(body))


class _Request(ASGIRequest):
    """Of a path without the prefix."""

    def __init__(self, scope: Scope, body_file: Any) -> None:
        super().__init__(scope, body_file)
        self.script_name = settings.HUB_PATH_PREFIX
        self.path_info = scope["path"]
        self.path = f"{self.script_name}{self.path_info}"
        self.META |= {"SCRIPT_NAME": self.script_name, "PATH_INFO": self.path_info}
