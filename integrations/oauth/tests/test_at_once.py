"""The same code, and the same renewal, at the same moment from several hands, at a real hub."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from integrations.oauth.tests.flow import BACK, Agent

HANDS = 8
MADE = """
from integrations.oauth import services
from integrations.oauth.models import Client, Source
from integrations.oauth.resources import resources
from memory_hub.accounts.restrictions import NONE
from memory_hub.accounts.services import ensure_user
from memory_hub.core.identity import OPERATOR

client = Client.objects.create(
    client_id="agent", source=Source.REGISTERED, name="An agent", redirect_uris=[{back!r}]
)
for code in ("first", "second"):
    services.keep_code(
        code,
        client=client,
        user_id=ensure_user("mina@example.com", by=OPERATOR).pk,
        redirect_uri={back!r},
        challenge={challenge!r},
        scopes=["memories:read"],
        resource=resources()[""],
        restriction=NONE,
    )
"""

pytestmark = pytest.mark.drill


class Hand(Agent):
    """A client over a connection of its own."""

    def ask(self, path="/oauth/token", **fields):
        form = {"client_id": self.client_id, **fields}
        return self.way_in.post(path, data=form)


@pytest.fixture
def hands(new_hub):
    """As many as one client's, that have allowed codes."""
    hub = new_hub(workers=2)
    clients = [httpx.Client(base_url=hub.url, timeout=60) for _ in range(HANDS)]
    found = [Hand(client) for client in clients]
    for hand in found:
        hand.client_id, hand.verifier = "agent", found[0].verifier
    script = MADE.format(back=BACK, challenge=found[0].challenge)
    hub.manage("shell", "--verbosity", "0", "-c", script)
    yield found
    for client in clients:
        client.close()


def at_once(hands, act):
    """What all of them are answered."""
    ready = Barrier(len(hands))

    def do(hand):
        ready.wait()
        return act(hand)

    with ThreadPoolExecutor(len(hands)) as threads:
        return list(threads.map(do, hands))


def is_good(hand, told):
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    return hand.way_in.get("/accounts/me", headers=headers).status_code == 200


def test_one_hand_gets_a_token_and_the_others_end_it(hands):
    answers = at_once(hands, lambda hand: hand.exchange("first"))
    assert Counter(one.status_code for one in answers) == {200: 1, 400: HANDS - 1}
    told = next(one.json() for one in answers if one.status_code == 200)
    assert not is_good(hands[0], told)
    assert hands[0].refresh(told["refresh_token"]).status_code == 400

    told = hands[0].exchange("second").json()
    assert is_good(hands[0], told)
    answers = at_once(hands, lambda hand: hand.refresh(told["refresh_token"]))
    assert Counter(one.status_code for one in answers) == {200: 1, 400: HANDS - 1}
    renewed = next(one.json() for one in answers if one.status_code == 200)
    assert not is_good(hands[0], told)
    assert not is_good(hands[0], renewed)
