"""Mina, who has just given her password."""

import pytest

from testing.clients.browsing import inside
from web.tests.addresses.changing import MINA, confirmed


@pytest.fixture
def mina(db, sending):
    return confirmed(inside(MINA))
