"""A client of each era, of an ordinary user with all scopes."""

import pytest

from integrations.mcp.protocol.revisions import MODERN, NEWEST_HANDSHAKE
from integrations.mcp.tests.client import Mcp
from memory_hub.rate_limits.tests.conftest import limited

__all__ = ["limited"]


@pytest.fixture(params=[MODERN, NEWEST_HANDSHAKE])
def either(request, mina):
    """Of both eras, one after the other."""
    return Mcp(mina, request.param)


@pytest.fixture
def modern(mina):
    return Mcp(mina)


@pytest.fixture
def mcp(api):
    """``mcp("jun@example.com", scopes=[…])``: of somebody else, of the newest revision."""
    return lambda email, **options: Mcp(api(email, **options))
