"""Clients of the door."""

import pytest

from integrations.mem0.tests.client import Mem0


@pytest.fixture
def ann(mina):
    """A client of mem0 with the token of ``mina``."""
    return Mem0(mina)
