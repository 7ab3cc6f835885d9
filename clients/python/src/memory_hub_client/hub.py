"""The two clients."""

import asyncio
import time
from typing import Any, Self

import httpx

from memory_hub_client.calls import Call, answer_of, pause_after, request_of
from memory_hub_client.generated.aoperations import AsyncOperations
from memory_hub_client.generated.operations import Operations

TIMEOUT = 60.0  # seconds
RETRIES = 2


def _headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


class Hub(Operations):
    """A hub at ``url`` with a token of it. Each operation of its API is a method with the name that
    the OpenAPI document gives it; bodies and answers are dictionaries with types.

    What the hub was too busy for is asked again ``retries`` times, when it says so, and so is what
    got no answer: writes carry a key by which the hub carries them out once. Raises HubError, and
    httpx.HTTPError where there is no answer.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.retries = retries
        self.client = httpx.Client(
            base_url=url, headers=_headers(token), timeout=timeout, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes its connections."""
        self.client.close()

    def _send(self, call: Call) -> Any:
        request = request_of(self.client, call)
        for left in range(self.retries, -1, -1):
            try:
                response = self.client.send(request)
            except httpx.TransportError:
                if not left:
                    raise
                continue
            pause = pause_after(response)
            if pause is None or not left:
                break
            time.sleep(pause)
        return answer_of(call, response)


class AsyncHub(AsyncOperations):
    """The same for asyncio: each operation is awaited."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.retries = retries
        self.client = httpx.AsyncClient(
            base_url=url, headers=_headers(token), timeout=timeout, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes its connections."""
        await self.client.aclose()

    async def _send(self, call: Call) -> Any:
        request = request_of(self.client, call)
        for left in range(self.retries, -1, -1):
            try:
                response = await self.client.send(request)
            except httpx.TransportError:
                if not left:
                    raise
                continue
            pause = pause_after(response)
            if pause is None or not left:
                break
            await asyncio.sleep(pause)
        return answer_of(call, response)
