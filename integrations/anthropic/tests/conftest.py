"""Mina's tool."""

import pytest

from integrations.anthropic.tests.tool import SUB, A, Tool


@pytest.fixture
def tool(mina):
    return Tool(mina)


@pytest.fixture
def filled(tool):
    """Two files."""
    tool.make(A, "one\ntwo\none\n")
    tool.make(SUB, "0123456789")
    return tool
