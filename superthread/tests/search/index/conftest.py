"""Folding as tests steer it."""

import pytest
from django.db import connection

from superthread.search.index import choosing, folding


@pytest.fixture
def sized(monkeypatch):
    """Sets how many memories fill a segment, and how many full segments are many."""

    def size(memories, full=choosing.FULL):
        monkeypatch.setattr(folding, "AT_ONCE", memories)
        monkeypatch.setattr(choosing, "AT_ONCE", memories)
        monkeypatch.setattr(choosing, "FULL", full)

    return size


@pytest.fixture
def meanwhile(monkeypatch):
    """Has something done once between the packing of a step and its transaction."""

    def between(act):
        packed = folding.packed

        def overtaken(*arguments):
            assert all(block._from_testcase for block in connection.atomic_blocks)
            new = packed(*arguments)
            monkeypatch.setattr(folding, "packed", packed)
            act()
            return new

        monkeypatch.setattr(folding, "packed", overtaken)

    return between
