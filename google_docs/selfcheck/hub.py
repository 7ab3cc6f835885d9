"""The hub's own calls, asked within this process: what a client would send, without a socket."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core.handlers.asgi import ASGIRequest

from memory_hub.http.api_handler import dispatch


@dataclass(frozen=True)
class HubAnswer:
    """What came back; ``body`` is the parsed JSON, None for none."""

    status: int
    headers: dict[str, str]
    body: Any


class Hub:
    """``/google-docs`` for the holder of a token."""

    def __init__(self, token: str) -> None:
        self.token = token

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        token: str | None = None,
        **headers: str,
    ) -> HubAnswer:
        """The answer to one request; ``token`` "" for none, header names with underscores."""
        content = b"" if body is None else orjson.dumps(body)
        given = {"content-length": str(len(content))}
        if body is not None:
            given["content-type"] = "application/json"
        if token != "":
            given["authorization"] = f"Bearer {token or self.token}"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "path": f"/google-docs/{path}",
            "query_string": urlencode(query or {}).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "server": ("localhost", 80),
        }
        response = await dispatch(ASGIRequest(scope, BytesIO(content)))
        received = orjson.loads(response.content) if response.content else None
        told = {name.lower(): value for name, value in response.items()}
        return HubAnswer(response.status_code, told, received)
