"""What the tests of webhooks have in common."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from memory_hub.journal import sequencer
from superthread.feed.webhooks import delivery
from superthread.feed.webhooks.lease import Right
from superthread.feed.webhooks.models import Webhook
from superthread.tests.feed.webhooks.receiver import Receiver

HOOKS = "/superthread/webhooks"


def path_of(hook):
    return f"{HOOKS}/{hook['id']}"


def due():
    """What waits for its next attempt waits no longer."""
    Webhook.objects.update(next_attempt_at=timezone.now())


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    """A receiver on this machine, which may be called."""
    settings.HUB_WEBHOOK_PRIVATE = True
    with Receiver().listening() as made:
        yield made


@pytest.fixture
def hook(receiver) -> Callable[..., dict[str, Any]]:
    """``hook(client, …)``: an endpoint of the client's at the receiver, as it was answered."""

    def make(client, **wanted):
        answer = client.post(HOOKS, json={"url": receiver.url, **wanted})
        assert answer.status_code == 201, answer.text
        receiver.secret = answer.json()["secret"]
        return answer.json()

    return make


@pytest.fixture
def deliver(monkeypatch, tmp_path) -> Callable[[], int]:
    """Delivers to all what they are to be told now, as the courier does; how many steps it took."""
    # The test's transaction is on the connection.
    monkeypatch.setattr(delivery, "rest", lambda: None)
    right = Right(tmp_path)
    looked: dict[int, delivery.Looked] = {}

    def carry_out() -> int:
        sequencer.sequence()
        assert right.is_held()
        steps = 0
        for pk in Webhook.objects.order_by("pk").values_list("pk", flat=True):
            one = delivery.Delivery(pk, right.run, looked.get(pk, delivery.NOWHERE))
            while one.step():
                steps += 1
            looked[pk] = one.looked
        return steps

    return carry_out
