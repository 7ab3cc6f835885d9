"""Fixtures of the tests of the way in."""

from collections.abc import Iterator

import pytest

from memory_hub.testing.server import HubServer
from memory_hub.testing.wire import Wire


@pytest.fixture
def wire(hub: HubServer) -> Iterator[Wire]:
    """A connection to the `hub` of the test's file."""
    made = Wire(hub)
    yield made
    made.close()
