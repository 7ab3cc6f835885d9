"""Mina, who is not logged in, and her browser."""

import pytest
from django.test import Client

from memory_hub.accounts.models import User
from testing.clients.admin_site import PASSWORD
from web.tests.login.forms import MINA


@pytest.fixture
def mina(db):
    return User.objects.create_user(MINA, PASSWORD)


@pytest.fixture
def browser(mina):
    """Nobody yet, with the token of a form."""
    browser = Client(enforce_csrf_checks=True)
    browser.get("/login")
    return browser
