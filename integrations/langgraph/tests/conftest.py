"""Mina's store."""

import pytest

from integrations.langgraph.tests.store import Store


@pytest.fixture
def store(mina):
    return Store(mina)
