"""An endpoint is paused, is gone on with, and ends: nothing of its own is lost in between."""

from datetime import timedelta

from django.utils import timezone

from memory_hub.accounts.models import Token, User
from memory_hub.journal.models import Entry
from superthread.feed.webhooks.models import Webhook
from superthread.tests.feed.webhooks.conftest import due, path_of


def test_410_pauses_it_and_nothing_is_lost(mina, receiver, hook, deliver):
    one = hook(mina)
    mina.save("One.")
    receiver.answer = lambda post: 410
    deliver()
    mina.save("Two.")
    deliver()
    assert len(receiver.posts) == 1
    found = mina.get(path_of(one)).json()
    assert (found["state"], found["reason"]) == ("paused", "gone")
    assert Entry.objects.filter(kind="webhook.paused", via="hub").exists()
    receiver.answer = lambda post: 200
    assert mina.post(f"{path_of(one)}/resume", json={}).json()["state"] == "active"
    deliver()
    assert receiver.types == ["memory.created"] * 2


def test_three_days_of_failures_pause_it(mina, receiver, hook, deliver):
    one = hook(mina)
    mina.save("One.")
    receiver.answer = lambda post: 500
    deliver()
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=3, minutes=1), failures=20)
    due()
    deliver()
    found = mina.get(path_of(one)).json()
    assert (found["state"], found["reason"]) == ("paused", "failing")
    resumed = mina.post(f"{path_of(one)}/resume").json()
    assert (resumed["failures"], resumed["failing_since"]) == (0, None)


def test_what_happens_while_it_is_paused_comes_when_it_is_resumed(mina, receiver, hook, deliver):
    one = hook(mina)
    mina.post(f"{path_of(one)}/pause")
    mina.save("One.")
    deliver()
    assert receiver.posts == []
    mina.post(f"{path_of(one)}/resume")
    deliver()
    assert receiver.types == ["memory.created"]


def test_it_is_resumed_from_a_cursor_too(mina, receiver, hook, deliver):
    one, cursor = hook(mina), None
    cursor = mina.get("/superthread/changes?cursor=now").json()["next_cursor"]
    mina.save("One.")
    deliver()
    mina.post(f"{path_of(one)}/resume", json={"cursor": cursor})
    deliver()
    assert receiver.types == ["memory.created"] * 2
    mina.post(f"{path_of(one)}/pause")
    mina.save("Two.")
    mina.post(f"{path_of(one)}/resume", json={"cursor": "now"})
    deliver()
    assert len(receiver.taken) == 2


def test_it_ends_with_its_owner_and_with_the_token_that_made_it(api, mina, receiver, hook, deliver):
    one = hook(mina)
    User.objects.filter(pk=mina.user.pk).update(is_active=False)
    deliver()
    assert Webhook.objects.get().reason == "inactive"
    User.objects.filter(pk=mina.user.pk).update(is_active=True)
    mina.post(f"{path_of(one)}/resume")
    made_by = Token.objects.get(pk=Webhook.objects.get().token_id)
    Token.objects.filter(pk=made_by.pk).update(revoked_at=timezone.now())
    other = api("mina@example.com")
    other.save("One.")
    deliver()
    assert (Webhook.objects.get().reason, receiver.posts) == ("revoked", [])
    other.post(f"{path_of(one)}/resume")
    deliver()
    assert receiver.types == ["memory.created"]


def test_a_place_that_is_not_in_the_journal_any_more_is_not_gone_on_from(
    mina, receiver, hook, deliver
):
    one = hook(mina)
    Webhook.objects.update(leaf="0" * 16)
    mina.save("One.")
    deliver()
    assert (Webhook.objects.get().reason, receiver.posts) == ("cursor-gone", [])
    refused = mina.post(f"{path_of(one)}/resume")
    assert (refused.status_code, refused.json()["code"]) == (410, "cursor-gone")
    mina.post(f"{path_of(one)}/resume", json={"cursor": "now"})
    mina.save("Two.")
    deliver()
    assert receiver.types == ["memory.created"]


def test_another_secret_key_pauses_it_until_it_has_another_secret(
    mina, receiver, hook, deliver, settings
):
    one = hook(mina)
    mina.save("One.")
    settings.SECRET_KEY = "another" * 8
    deliver()
    assert Webhook.objects.get().reason == "secret-lost"
    assert mina.post(f"{path_of(one)}/test").status_code == 409
    receiver.secret = mina.post(f"{path_of(one)}/rotate").json()["secret"]
    mina.post(f"{path_of(one)}/resume")
    deliver()
    assert receiver.types == ["memory.created"]
