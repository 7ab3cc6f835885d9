"""Webhooks in the admin: whose they are and how they go, never what their addresses hold."""

import pytest

from superthread.feed.webhooks.models import Webhook
from superthread.tests.feed.webhooks.conftest import HOOKS
from testing.clients.admin_site import Browser, staff_browser

LIST = "/admin/webhooks/webhook/"
URL = "https://hooks.example.com/t/0123456789?key=abcdef"


@pytest.fixture
def webhook(mina):
    mina.post(HOOKS, json={"url": URL})
    return Webhook.objects.get()


def test_of_an_address_the_host_alone_is_shown(webhook):
    root = Browser()
    for path in (LIST, f"{LIST}{webhook.pk}/change/"):
        page = root.text(path)
        assert "hooks.example.com" in page
        assert "mina@example.com" in page
        assert "0123456789" not in page
        assert "abcdef" not in page
        assert webhook.secret not in page


def test_nobody_makes_or_changes_one_there(webhook):
    root = Browser()
    assert root.get(f"{LIST}add/").status_code == 403
    assert (
        root.send(f"{LIST}{webhook.pk}/change/", url="https://evil.example.com/").status_code == 403
    )
    assert Webhook.objects.get().url == URL


def test_who_may_only_look_steers_nothing(webhook):
    staff = staff_browser("view_webhook")
    assert "mina@example.com" in staff.text(LIST)
    staff.send(f"{LIST}{webhook.pk}/pause/")
    staff.send(LIST, action="pause_chosen", _selected_action=str(webhook.pk))
    staff.send(f"{LIST}{webhook.pk}/delete/", post="yes")
    assert Webhook.objects.get().state == "active"


def test_one_that_cannot_be_resumed_says_why(webhook):
    root = Browser()
    root.send(f"{LIST}{webhook.pk}/pause/")
    Webhook.objects.update(leaf="0" * 16)
    page = root.send(f"{LIST}{webhook.pk}/resume/", follow=True).content.decode()
    assert "Resumed 0 of 1 webhooks." in page
    assert "from which cursor" in page
    assert Webhook.objects.get().state == "paused"
