import pytest

from web.tests.visiting import visitor


@pytest.fixture
def sending(settings):
    """A hub that sends mail."""
    settings.HUB_SENDS_MAIL, settings.HUB_PUBLIC_URL = True, "https://hub.example.com"
    settings.DEFAULT_FROM_EMAIL = "hub@example.com"


@pytest.fixture
def mina(db, threads):
    return visitor("mina@example.com", threads)


@pytest.fixture
def jun(db, threads):
    return visitor("jun@example.com", threads)
