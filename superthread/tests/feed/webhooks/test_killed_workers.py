"""A receiver that fails, and workers that are killed: every change, in order, with the same id."""

import os
import random
import signal
import threading
import time
from contextlib import ExitStack
from itertools import pairwise

import httpx
import pytest

from superthread.tests.feed.webhooks.conftest import HOOKS
from superthread.tests.feed.webhooks.receiver import Receiver

PATIENCE = 240.0  # seconds, on a loaded machine
SAVES, KILLS, KILL_EVERY = 150, 8, 5.0


class Unsteady:
    """Fails 30 of 100 times: with a 5xx, by hanging up, and by hanging up on what it has taken."""

    def __init__(self, seed):
        self._chance = random.Random(seed)

    def __call__(self, post):
        if self._chance.random() >= 0.3:
            return 204
        return self._chance.choice((500, 503, None))


class World:
    """A hub of three workers, with someone who follows it at two receivers."""

    def __init__(self, hub, receivers):
        self.hub, self.kills, self.killed = hub, [], threading.Event()
        scopes = "memories:read,memories:write,webhooks:manage"
        self.headers = {
            "Authorization": f"Bearer {hub.token('mina@example.com', '--scopes', scopes)}"
        }
        page = self.asked("GET", "/superthread/changes?cursor=now").json()
        self.start = page["next_cursor"]
        for seed, receiver in enumerate(receivers):
            receiver.answer = Unsteady(seed)
            wanted = {"url": receiver.url, "cursor": self.start}
            receiver.secret = self.asked("POST", HOOKS, json=wanted).json()["secret"]

    def asked(self, method, path, *, key="", **options):
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return httpx.request(method, self.hub.url + path, headers=headers, timeout=30, **options)

    def save(self, number):
        """Saves one memory, however often a worker is killed meanwhile."""
        body, until = {"content": f"Memory {number}."}, time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = self.asked(
                    "POST", "/superthread/memories", key=f"save-{number}", json=body
                )
            except httpx.TransportError:
                continue
            if answer.status_code == 201:
                return
            # Its first sender was killed, or still carries it out.
            assert answer.status_code in (409, 503), answer.text
        raise AssertionError(f"{number} could not be saved.")

    def save_all(self):
        """Some before each kill, so that there is always something to be told."""
        for number in range(SAVES):
            self.save(number)
            while number * KILLS > (len(self.kills) + 1) * SAVES:
                self.killed.wait(KILL_EVERY)

    def kill(self, over):
        """The oldest first: each has its turn, and so has the one that delivers."""
        while len(self.kills) < KILLS and not over.wait(KILL_EVERY):
            workers = self.hub.workers()
            if workers:
                os.kill(workers[0], signal.SIGKILL)
                self.kills.append(workers[0])
                self.killed.set()
                self.killed.clear()

    def told(self):
        """What the feed tells since the start."""
        found, page = [], {"next_cursor": self.start, "more": True}
        while page["more"]:
            cursor = page["next_cursor"]
            page = self.asked("GET", "/superthread/changes", params={"cursor": cursor}).json()
            found += page["changes"]
        return found


@pytest.mark.drill
def test_a_receiver_is_told_everything_in_order_whoever_is_killed(new_hub):
    pauses = "0.2s,0.5s,1s"
    variables = {"HUB_WEBHOOK_PRIVATE": 1, "HUB_WEBHOOK_RETRIES": pauses, "HUB_RATE_LIMIT": "off"}
    with ExitStack() as stack:
        receivers = [stack.enter_context(Receiver().listening()) for _ in range(2)]
        world = World(new_hub(workers=3, **variables), receivers)
        over = threading.Event()
        killer = threading.Thread(target=world.kill, args=(over,))
        killer.start()
        try:
            world.save_all()
            killer.join()
        finally:
            over.set()
        world.hub.wait_until_it_answers()
        told = world.told()
        assert len(told) == SAVES
        for receiver in receivers:
            assert_told(receiver, told)


def assert_told(receiver, told):
    with receiver.arrived:
        assert receiver.arrived.wait_for(
            lambda: len({post["id"] for post in receiver.taken}) >= len(told), PATIENCE
        ), len(receiver.taken)
        posts, taken = list(receiver.posts), list(receiver.taken)
    # Every one was signed as it must be.
    assert None not in [post["body"] for post in posts]
    firsts = list({post["id"]: post["body"]["data"] for post in taken}.values())
    assert firsts == told
    places = {change["doc_id"]: place for place, change in enumerate(told)}
    order = [places[post["body"]["data"]["doc_id"]] for post in posts]
    assert {after - before for before, after in pairwise(order)} <= {0, 1}
    ids = {}
    for post, place in zip(posts, order, strict=True):
        assert ids.setdefault(place, post["id"]) == post["id"]
    assert len(set(ids.values())) == len(told)
    failed = len(posts) - len(taken)
    assert failed > len(told) / 10
