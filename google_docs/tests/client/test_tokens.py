"""One token for all who wait, fetched in one bounded try, and no thread lost to it."""

import asyncio
import threading

import pytest

from google_docs.access.token_encryption import TokenEncryption
from google_docs.client import refusal_texts
from google_docs.client.calls import Calls
from google_docs.client.quota import Buckets
from google_docs.models import Connection
from google_docs.tests.access.test_who_may import KEY, OAUTH, connected
from google_docs.tests.conftest import AMPLE, QUICK, DocsClient, user_credentials
from testing.google import Fault

PATIENCE = 60  # seconds


def _calls(double, transport, name: str, token: str | None = None) -> Calls:
    credentials = user_credentials(double, *([token] if token else []))
    return Calls(transport, credentials, identity=name, buckets=Buckets(AMPLE), policy=QUICK)


SENSELESS = [
    Fault("answer", status=429, body={"error": "rate_limit"}),
    Fault("answer", status=503, body={"error": "backend"}),
    Fault("answer", status=500, body="<html>Error</html>"),
    Fault("answer", status=200, body="<html>Sign in</html>"),
    Fault("answer", status=200, body={}),
    Fault("answer", status=200, body=[]),
    Fault("answer", status=200, body=None),
]


@pytest.mark.parametrize("fault", SENSELESS, ids=repr)
def test_a_token_endpoint_without_sense_costs_one_try(docs, double, configure, fault):
    configure(root=double.root)
    double.faults.add("token", fault, times=50)
    before = double.oauth.asked
    answer = docs.post("memories", json={"content": "a"})
    assert (answer.status_code, answer.json()["code"]) == (502, "google-unavailable")
    assert double.oauth.asked == before + 1
    assert int(answer.headers["retry-after"]) >= 1
    docs.post("memories", json={"content": "a"})
    assert double.oauth.asked == before + 1  # left alone for a moment
    assert [f for f in double.world.files.values() if f.document] == []


def test_a_clock_that_is_wrong_is_told(double, transport, run):
    body = {
        "error": "invalid_grant",
        "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and in a "
        "reasonable timeframe. Check your iat and exp values in the JWT claim.",
    }
    double.faults.add("token", Fault("answer", status=400, body=body))
    calls = _calls(double, transport, "x")
    with pytest.raises(Exception, match="clock") as failed:
        run(calls.about())
    assert str(failed.value) == refusal_texts.REASONS[refusal_texts.CLOCK]
    assert failed.value.code == "credential-refused"


def test_who_waits_for_a_token_holds_no_thread_that_others_need(double, transport, run):
    """200 calls of one user wait for a slow token endpoint; another user's call is answered."""
    slow, other = _calls(double, transport, "slow"), _calls(double, transport, "other")
    reached = threading.Event()

    def slow_token(method_id: str) -> Fault | None:
        if method_id != "token":
            return None
        reached.set()
        return Fault("slow", seconds=1.5)

    async def crowd() -> int:
        await other.about()
        double.faults.plan = slow_token
        waiting = [asyncio.create_task(slow.about()) for _ in range(200)]
        assert await asyncio.to_thread(reached.wait, PATIENCE)
        await other.about()
        done = sum(task.done() for task in waiting)
        await asyncio.gather(*waiting)
        return done

    before = double.oauth.asked
    assert run(crowd()) == 0  # they waited still
    assert double.oauth.asked == before + 2


def test_a_token_that_google_rejects_is_exchanged_once_for_all(double, calls, run):
    async def crowd() -> None:
        await calls.about()
        double.world.access_tokens.clear()
        await asyncio.gather(*(calls.about() for _ in range(30)))

    before = double.oauth.asked
    run(crowd())
    assert double.oauth.asked <= before + 3


def test_a_refresh_token_given_in_exchange_is_kept_for_all_workers(double, configure, api):
    configure(root=double.root, **OAUTH)
    mina = api("mina@example.com")
    connection = connected(double, "mina@gmail.example", user=mina.user)
    double.oauth.rotates = True
    DocsClient(mina).save()
    kept = TokenEncryption([KEY]).open(Connection.objects.get().locked_token)
    assert kept == double.oauth.rotated[-1] != TokenEncryption([KEY]).open(connection.locked_token)
    double.world.refresh_tokens = {kept: double.world.refresh_tokens[kept]}
    configure(root=double.root, **OAUTH)  # as another worker
    assert len(DocsClient(mina).get("memories").json()["memories"]) == 1
