"""A data directory of their own for the tests of this folder."""

import pytest


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
