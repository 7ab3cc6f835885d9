import pytest


@pytest.fixture
def sending(settings):
    """A hub that sends mail."""
    settings.HUB_SENDS_MAIL, settings.HUB_PUBLIC_URL = True, "https://hub.example.com"
    settings.DEFAULT_FROM_EMAIL = "hub@example.com"
