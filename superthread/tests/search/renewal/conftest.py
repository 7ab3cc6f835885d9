"""An index of an older analyzer, and steps that are small."""

import pytest

from superthread.search.index import choosing, folding
from superthread.search.renewal import beside
from superthread.services.upkeep import rewriting
from superthread.tests.search.renewal.renewed import older


@pytest.fixture
def older_analyzer(monkeypatch):
    """``older_analyzer()``, see ``older``."""
    return lambda: older(monkeypatch)


@pytest.fixture
def small_steps(monkeypatch):
    """Two memories to a transaction, and three to a segment: five are made beside."""
    monkeypatch.setattr(rewriting, "AT_ONCE", 2)
    for module in (beside, folding, choosing):
        monkeypatch.setattr(module, "AT_ONCE", 3)
