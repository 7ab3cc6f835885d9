"""Whose webhook is paused by somebody else is told by mail, in their language."""

import pytest
from django.core import mail

from memory_hub.core.identity import HUB
from superthread.feed.webhooks import services
from superthread.feed.webhooks.models import Reason, Webhook
from testing.clients.browsing import carry_out

pytestmark = pytest.mark.usefixtures("sending")
HOOKS = "/superthread/webhooks"


@pytest.fixture
def mina(api):
    """With a token, as programs come: pages have no webhooks."""
    return api("mina@example.com")


@pytest.fixture
def webhook(mina):
    """Mina's."""
    mina.post(HOOKS, json={"url": "https://hooks.example.com/t/0123456789"})
    return Webhook.objects.get()


def paused(webhook, reason):
    services.pause(webhook_id=webhook.pk, owner_id=webhook.owner_id, reason=reason, by=HUB)
    carry_out()


@pytest.mark.parametrize("reason", [Reason.GONE, Reason.FAILING, Reason.SECRET])
def test_the_owner_is_told_why_and_not_the_address(webhook, reason):
    paused(webhook, reason)
    (letter,) = mail.outbox
    assert letter.to == ["mina@example.com"]
    assert "hooks.example.com" in letter.body
    assert "0123456789" not in letter.body
    told = {Reason.GONE: "(410)", Reason.FAILING: "three days", Reason.SECRET: "cannot go on"}
    assert told[reason] in letter.body


def test_nobody_is_told_of_what_they_did_themselves(mina, webhook):
    mina.post(f"{HOOKS}/{webhook.pk}/pause")
    carry_out()
    assert mail.outbox == []


def test_an_account_that_is_not_active_is_told_nothing(webhook):
    webhook.owner.is_active = False
    webhook.owner.save(update_fields=["is_active"])
    paused(webhook, Reason.INACTIVE)
    assert mail.outbox == []
