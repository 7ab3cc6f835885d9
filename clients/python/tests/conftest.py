"""Clients of a hub that runs in the test's own process."""

import asyncio

import httpx
import pytest
from memory_hub_client import AsyncHub, Hub


class InProcess(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands requests to the client of tests; ``sent`` are those there were."""

    def __init__(self, client):
        self.client, self.sent = client, []

    def handle_request(self, request):
        self.sent.append(request)
        answer = self.client.request(
            request.method,
            request.url.raw_path.decode(),
            headers={name: one for name, one in request.headers.items() if name != "host"},
            content=request.read(),
        )
        headers = {
            name: value for name, value in answer.headers.items() if name != "content-encoding"
        }
        return httpx.Response(answer.status_code, headers=headers, content=answer.content)

    async def handle_async_request(self, request):
        await request.aread()
        return await asyncio.to_thread(self.handle_request, request)


@pytest.fixture
def wire(nobody, mina):
    return InProcess(nobody)


@pytest.fixture
def hub(wire, mina):
    with Hub("http://localhost", mina.token, transport=wire) as made:
        yield made


@pytest.fixture
def async_hub(wire, mina):
    return AsyncHub("http://localhost", mina.token, transport=wire)
