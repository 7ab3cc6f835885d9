"""Mina's store."""

import pytest

from integrations.langgraph.tests.store import Store
from memory_hub.rate_limits.tests.conftest import limited

__all__ = ["limited"]


@pytest.fixture
def store(mina):
    return Store(mina)
