"""A data directory of its own for each test, and another person."""

import pytest


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def jun(api):
    return api("jun@example.com")
