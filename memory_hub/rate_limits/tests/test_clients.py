"""Points and requests at once are of a client and a user, whatever tokens the client was given."""

import asyncio

from memory_hub.accounts.secrets import digest
from memory_hub.core import callers
from memory_hub.http.rate_limiting import RateLimiting
from memory_hub.http.request_guard import ADDED
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.tests.test_points import INFO, MEMORIES, left, statuses


def test_the_tokens_of_a_client_for_a_user_share_one_allowance(limited, api):
    """A refresh renews nothing, be the new token known to this process or not."""
    limited("10/minute")
    agent, refreshed = (api("mina@example.com", client="https://a.example") for _ in range(2))
    other = api("mina@example.com", client="https://b.example")
    juns = api("jun@example.com", client="https://a.example")
    assert statuses(agent, 8) == [200] * 8
    assert statuses(refreshed, 3) == [200, 200, 429]
    assert statuses(agent, 1) == [429]
    callers.forget(digest(refreshed.token))
    assert statuses(refreshed, 2) == [429, 429]
    assert statuses(other, 2) == [200, 200]
    assert statuses(juns, 2) == [200, 200]
    assert statuses(api("mina@example.com"), 2) == [200, 200]


def test_a_kept_answer_is_paid_by_the_client_and_user(limited, api):
    limited("1000/minute")
    agent, refreshed = (api("mina@example.com", client="https://a.example") for _ in range(2))
    for client in (agent, refreshed):
        assert statuses(client, 2) == [200, 200]
    before = left(agent.get(INFO))
    assert left(refreshed.get(INFO)) == before - 1
    assert left(agent.get(INFO)) == before - 2


def test_requests_at_once_are_of_the_client_and_user(api, settings):
    settings.HUB_CONCURRENT_REQUESTS = 1
    agent, refreshed = (api("mina@example.com", client="https://a.example") for _ in range(2))
    other = api("mina@example.com", client="https://b.example")
    for client in (agent, refreshed, other):
        assert client.get(MEMORIES).status_code == 200
    started, going = asyncio.Event(), asyncio.Event()

    async def waits(scope, receive, send):
        started.set()
        await going.wait()

    limits = RateLimiting(waits)

    def scope_of(client):
        headers = [(b"authorization", f"Bearer {client.token}".encode())]
        told = {"type": "http", "method": "GET", "path": MEMORIES, "headers": headers}
        return {**told, "client": ("192.0.2.7", 1), ADDED: []}

    async def refusals():
        first = asyncio.create_task(limits(scope_of(agent), None, None))
        await started.wait()
        found = []
        for client in (refreshed, other):
            seen = RateLimiting(note(found))
            seen._under_way = limits._under_way
            await seen(scope_of(client), None, None)
        going.set()
        await first
        return found

    def note(found):
        async def application(scope, receive, send):
            found.append(bill.is_refused())

        return application

    assert asyncio.run(refusals()) == [True, False]
