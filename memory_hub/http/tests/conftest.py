"""Fixtures of the tests of the way in."""

from collections.abc import Iterator

import pytest

from memory_hub.server.uvicorn_worker import HubProtocol
from testing.server import HubServer
from testing.wire import Wire


@pytest.fixture
def wire(hub: HubServer) -> Iterator[Wire]:
    """A connection to the `hub` of the test's file."""
    made = Wire(hub)
    yield made
    made.close()


@pytest.fixture
def protocol() -> Iterator[HubProtocol]:
    """The server's protocol on a connection that holds what is written to it."""
    from testing.protocol import new_protocol

    made = new_protocol()
    yield made
    made.connection_lost(None)
