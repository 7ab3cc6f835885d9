"""A hub with an address, a person at a browser, and a client that is not let in yet."""

import pytest

from integrations.oauth.tests.flow import HUB, Agent, Person


@pytest.fixture(autouse=True)
def public_url(settings):
    """Where the hub is for the tests of this folder."""
    settings.HUB_PUBLIC_URL = HUB
    return HUB


@pytest.fixture
def person(mina):
    """Mina at her browser, logged in."""
    return Person(mina)


@pytest.fixture
def agent(nobody):
    """A program on somebody's machine that has registered."""
    return Agent(nobody).registered()
