"""Who delivers, and when: nobody where there is nobody to deliver to."""

import threading
import time
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from memory_hub.jobs import leases
from memory_hub.jobs.leases import database_now
from memory_hub.journal import sequencer
from superthread.feed.webhooks import delivery, jobs
from superthread.feed.webhooks.courier import BEAT, REST, Courier
from superthread.feed.webhooks.lease import Right
from superthread.feed.webhooks.metrics import families
from superthread.feed.webhooks.models import Attempt, Office, Webhook
from superthread.feed.webhooks.restored import pause_all
from superthread.tests.feed.acts import one_of
from superthread.tests.feed.webhooks.conftest import HOOKS
from superthread.tests.feed.webhooks.receiver import Receiver
from testing.clients.in_process import client_for
from testing.clients.late import own_threads
from testing.servers.hub import HubServer, new_database

PATIENCE = 60.0  # seconds


def test_it_is_begun_by_a_look_that_finds_somebody(db, mina, monkeypatch):
    begun = []
    monkeypatch.setattr(jobs.delivering, "_is_begun", False)
    monkeypatch.setattr("memory_hub.jobs.loops.Loop.start", lambda loop: begun.append(loop.name))
    jobs.delivering.look()
    assert (begun, jobs.delivering.loop()) == ([], None)
    mina.post(HOOKS, json={"url": "https://hooks.example.com/"})
    Webhook.objects.update(state="paused", reason="owner", paused_at=timezone.now())
    jobs.delivering.look()
    assert begun == []
    Webhook.objects.update(state="active", reason="", paused_at=None)
    for _ in range(2):
        jobs.delivering.look()
    assert begun == ["webhooks"]
    monkeypatch.undo()


@pytest.fixture
def directories(tmp_path):
    """Data directories of two hosts."""
    made = tmp_path / "a", tmp_path / "b"
    for one in made:
        one.mkdir()
    return made


def test_one_of_a_host_and_one_of_all_hosts_delivers(db, directories, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(leases, "monotonic", lambda: clock[0])
    first, second, other = Right(directories[0]), Right(directories[0]), Right(directories[1])
    assert first.is_held()
    assert not second.is_held()
    assert not other.is_held()
    # Killed: the kernel lets go of the lock, the lease stands.
    first._lock.give_up()
    assert second.is_held()
    assert not other.is_held()
    assert second.run == first.run + 1
    second._lock.give_up()
    # The host is away: its lease is over, and stood still for long enough.
    Office.objects.update(lease_until=database_now() - timedelta(seconds=1))
    assert not other.is_held()
    clock[0] += 2 * leases.BEAT
    assert other.is_held()
    # And whoever stood still for so long finds that it is another's.
    second._lock.is_mine()
    second._beaten = 0.0
    assert not second.is_held()
    second._lock.give_up()
    other.give_up()
    assert first.is_held()
    first.give_up()


def test_who_lost_the_right_changes_nothing_any_more(mina, receiver, hook, deliver, monkeypatch):
    hook(mina)
    mina.save("One.")
    before = Webhook.objects.get().position

    send = delivery.sending.send

    def taken_over(webhook, message):
        outcome = send(webhook, message)
        Office.objects.update(run=99)
        return outcome

    monkeypatch.setattr(delivery.sending, "send", taken_over)
    deliver()
    assert len(receiver.taken) == 1
    assert (Webhook.objects.get().position, Attempt.objects.count()) == (before, 0)


@pytest.fixture
def courier(transactional_db, settings, tmp_path):
    """A courier whose turns the test takes, beside threads with connections of their own."""
    settings.DATA_DIR, settings.HUB_WEBHOOK_PRIVATE = tmp_path, True
    with own_threads():
        made = Courier()
        yield made
        made.finish()
        for thread in made.crew.threads():
            thread.join(PATIENCE)


def until(courier, condition):
    """Takes turns until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        sequencer.sequence()
        courier.turn()
        for thread in courier.crew.threads():
            thread.join(0.05)


def test_a_slow_receiver_holds_up_nobody_else(courier):
    mina, over = client_for("mina@example.com"), threading.Event()
    with Receiver().listening() as slow, Receiver().listening() as quick:
        for receiver in (slow, quick):
            answer = mina.post(HOOKS, json={"url": receiver.url})
            receiver.secret = answer.json()["secret"]
        slow.answer = lambda post: 204 if over.wait(PATIENCE) else 500
        memory = mina.save("One.")
        until(courier, lambda: quick.taken)
        mina.patch(one_of(memory), json={"content": "Two."})
        until(courier, lambda: len(quick.taken) == 2)
        assert slow.taken == []
        over.set()
        until(courier, lambda: len(slow.taken) == 2)
        assert slow.types == quick.types == ["memory.created", "memory.updated"]
        until(courier, lambda: Webhook.objects.filter(delivered_total=2).count() == 2)
    assert courier.turn() == BEAT
    Webhook.objects.all().delete()
    assert courier.turn() == REST


def test_an_error_of_our_own_is_told_and_others_are_delivered_to(courier, monkeypatch, caplog):
    mina = client_for("mina@example.com")
    with Receiver().listening() as receiver:
        for url in (f"{receiver.url}/bad", receiver.url):
            answer = mina.post(HOOKS, json={"url": url})
            receiver.secret = answer.json()["secret"]
        mina.save("One.")
        send = delivery.sending.send

        def broken(webhook, message):
            if webhook.url.endswith("/bad"):
                raise ZeroDivisionError
            return send(webhook, message)

        monkeypatch.setattr(delivery.sending, "send", broken)
        until(courier, lambda: receiver.taken and "ZeroDivisionError" in caplog.text)
        for _ in range(3):
            courier.turn()
    assert caplog.text.count("ZeroDivisionError") == 1


def test_what_is_kept_of_deliveries_goes_after_thirty_days(mina, receiver, hook, monkeypatch):
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    kept = hook(mina)["id"]
    old = timezone.now() - timedelta(days=31)
    told = {"message_id": "msg_x", "kind": "memory.created", "duration_ms": 1}
    for at, webhook_id in [(old, kept)] * 3 + [(timezone.now(), kept), (timezone.now(), kept + 99)]:
        Attempt.objects.create(at=at, webhook_id=webhook_id, **told)
    assert jobs.forget_attempts() == 4
    assert Attempt.objects.get().webhook_id == kept


def test_what_prometheus_is_shown(mina, receiver, hook, deliver):
    def shown():
        found = {one.name.removeprefix("memory_hub_webhook"): one.samples for one in families()}
        return found | {"s_lag_seconds": found["s_lag_seconds"][0][1]}

    assert shown()["s"] == []
    assert shown()["s_lag_seconds"] == 0.0
    one = hook(mina)
    mina.save("One.")
    receiver.answer = lambda post: 500
    deliver()
    found = shown()
    assert found["s"] == [({"state": "active", "reason": ""}, 1)]
    assert found["s_failing"] == [({}, 1)]
    assert 0 < found["s_lag_seconds"] < 600
    assert found["_deliveries_total"] == [({"outcome": "delivered"}, 0), ({"outcome": "failed"}, 1)]
    mina.post(f"{HOOKS}/{one['id']}/pause")
    found = shown()
    assert found["s"] == [({"state": "paused", "reason": "owner"}, 1)]
    assert found["s_lag_seconds"] == 0.0


def test_a_database_of_before_is_restored_all_the_same(db, monkeypatch):
    assert pause_all() == ""
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["accounts_user"])
    assert pause_all() == ""


@pytest.mark.drill
def test_a_restored_hub_calls_nobody(new_hub, nursery, tmp_path):
    hub, file = new_hub(workers=1, HUB_WEBHOOK_PRIVATE=1), tmp_path / "hub.backup"
    token = hub.token("mina@example.com", "--scopes", "memories:read,webhooks:manage")
    headers = {"Authorization": f"Bearer {token}"}
    body = {"url": "http://127.0.0.1:9/"}
    made = httpx.post(hub.url + HOOKS, json=body, headers=headers, timeout=30).json()
    hub.manage("backup", str(file))
    restored = emptied(hub, tmp_path / "restored")
    said = restored.manage("restore", str(file))
    assert "Webhooks paused until they are resumed: 1." in said
    with restored:
        found = httpx.get(f"{restored.url}{HOOKS}/{made['id']}", headers=headers, timeout=30).json()
    assert (found["state"], found["reason"]) == ("paused", "restored")


def emptied(hub, directory):
    """Another hub of the same kind on an empty database."""
    directory.mkdir()
    server = hub.environment.get("DATABASE_URL")
    return HubServer(directory, new_database(server) if server else None, workers=1)
