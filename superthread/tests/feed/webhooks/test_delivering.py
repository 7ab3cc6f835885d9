"""What an endpoint is told: all that its owner may see when it is sent, in order, signed."""

from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Standard

from superthread.feed.webhooks import sending
from superthread.feed.webhooks.models import Attempt, Webhook
from superthread.tests.feed.acts import accept, one_of, share
from superthread.tests.feed.webhooks.conftest import HOOKS, due, path_of


def test_it_is_told_what_the_feed_tells_from_when_it_was_made(mina, receiver, hook, deliver):
    mina.save("Before.")
    cursor = mina.get("/superthread/changes?cursor=now").json()["next_cursor"]
    hook(mina)
    memory = mina.save("Jun has the key.")
    mina.patch(one_of(memory), json={"content": "Mina has it."})
    deliver()
    feed = mina.get("/superthread/changes", params={"cursor": cursor}).json()["changes"]
    assert [post["body"]["data"] for post in receiver.taken] == feed
    assert receiver.types == ["memory.created", "memory.updated"]
    assert [post["body"]["timestamp"] for post in receiver.taken] == [one["at"] for one in feed]
    assert b"the key" not in b"".join(post["raw"] for post in receiver.posts)
    assert deliver() == 0


def test_it_may_begin_at_a_cursor_of_the_feed(mina, receiver, hook, deliver):
    cursor = mina.get("/superthread/changes?cursor=now").json()["next_cursor"]
    mina.save("Before.")
    hook(mina, cursor=cursor)
    deliver()
    assert receiver.types == ["memory.created"]


def test_what_others_do_is_told_to_whom_it_concerns(people, receiver, hook, deliver):
    mina, _, sora = people
    hook(sora)
    memory = mina.save("Jun has the key.")
    share(mina, memory, sora="viewer")
    mina.save("Nobody else's.")
    deliver()
    # What is only offered is in nobody's lists.
    assert receiver.types == ["memory.gone"]
    accept(sora, memory)
    mina.patch(one_of(memory), json={"content": "Mina has it."})
    deliver()
    assert receiver.types[1:] == ["grant.accepted", "memory.updated"]
    mina.delete(one_of(memory))
    deliver()
    assert set(receiver.taken[-1]["body"]["data"]) == {"type", "doc_id", "at"}


def test_what_may_not_be_seen_any_more_when_it_is_sent_is_gone(people, receiver, hook, deliver):
    mina, jun, _ = people
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    hook(jun)
    mina.patch(one_of(memory), json={"content": "Another."})
    # The receiver is away, and meanwhile the right goes.
    receiver.answer = lambda post: 503
    deliver()
    assert receiver.posts[-1]["body"]["type"] == "memory.updated"
    mina.patch(one_of(memory), json={"scope": "personal"})
    receiver.answer = lambda post: 204
    due()
    deliver()
    assert receiver.types == ["memory.gone", "memory.gone"]
    assert receiver.posts[0]["id"] == receiver.taken[0]["id"]
    mina.delete("/accounts/teams/alpha/members/jun@example.com")
    deliver()
    assert receiver.taken[-1]["body"]["data"]["type"] == "team.left"
    assert receiver.taken[-1]["body"]["data"]["team_key"] == "alpha"


def test_what_is_wanted_is_chosen_by_place(people, receiver, hook, deliver):
    mina, *_ = people
    hook(mina, team_keys=["alpha"])
    mine = mina.save("Mine.")
    team = mina.save("Of the team.", scope="team", team_key="alpha")
    mina.save("Everybody's.", scope="public")
    deliver()
    mina.patch(one_of(mine), json={"scope": "team", "team_key": "alpha"})
    deliver()
    mina.patch(one_of(team), json={"scope": "personal"})
    mina.patch(one_of(team), json={"content": "Not the team's any more."})
    mina.delete(one_of(mine))
    deliver()
    told = [(one["body"]["type"], one["body"]["data"]["doc_id"]) for one in receiver.taken]
    ids = mine["doc_id"], team["doc_id"]
    assert told == [
        ("memory.created", ids[1]),
        ("memory.moved", ids[0]),
        # It left the place, as the feed of that place has it.
        ("memory.gone", ids[1]),
        ("memory.gone", ids[0]),
    ]


def test_what_is_wanted_is_chosen_by_kind(mina, receiver, hook, deliver):
    hook(mina, kinds=["memory.updated", "memory.gone"], scopes=["personal"])
    memory = mina.save("One.")
    mina.patch(one_of(memory), json={"content": "Two."})
    deliver()
    mina.delete(one_of(memory))
    deliver()
    assert receiver.types == ["memory.updated", "memory.gone"]


def test_in_order_at_least_once_and_with_the_same_id(mina, receiver, hook, deliver):
    one = hook(mina)
    for number in range(3):
        mina.save(str(number))
    failing = iter([500, None, 302, 204, 429, 200, 204])
    receiver.answer = lambda post: next(failing)
    receiver.headers = {"Location": "/elsewhere", "Retry-After": "40"}
    waits = []
    for _ in range(5):
        deliver()
        row = Webhook.objects.get()
        if row.next_attempt_at:
            waits.append(round((row.next_attempt_at - timezone.now()).total_seconds()))
        due()
    ids = [post["id"] for post in receiver.posts]
    assert ids == [ids[0]] * 4 + [ids[4]] * 2 + [ids[6]]
    assert len(set(ids)) == 3
    assert [post["id"] for post in receiver.taken] == [ids[0], ids[4], ids[6]]
    # What hung up said nothing of when to come again: 30 s and up to a tenth more.
    assert [wait in range(38, 42) for wait in waits] == [True, False, False, True]
    assert 28 <= waits[1] <= 34
    assert 118 <= waits[2] <= 133
    listed = mina.get(f"{path_of(one)}/deliveries?limit=4").json()
    rest = mina.get(f"{path_of(one)}/deliveries", params={"cursor": listed["next_cursor"]}).json()
    statuses = [row["status"] for row in [*rest["deliveries"], *listed["deliveries"]]]
    assert sorted(statuses, key=str) == sorted([500, None, 302, 204, 429, 200, 204], key=str)
    assert rest["next_cursor"] is None
    assert Webhook.objects.get().failed_total == 4
    assert Webhook.objects.get().delivered_total == 3


def test_a_new_secret_is_good_at_once_and_the_old_one_for_a_day(mina, receiver, hook, deliver):
    one = hook(mina)
    old, answer = one["secret"], mina.post(f"{path_of(one)}/rotate").json()
    receiver.secret = answer["secret"]
    assert answer["former_secret_until"] is not None
    mina.save("One.")
    deliver()
    post = receiver.taken[0]
    assert receiver.verified(post, old) == receiver.verified(post) == post["body"]
    assert post["body"] is not None
    assert receiver.verified(post, "whsec_" + "A" * 32) is None
    Webhook.objects.update(former_until=timezone.now())
    mina.save("Two.")
    deliver()
    post = receiver.taken[1]
    assert receiver.verified(post, old) is None
    assert post["body"] is not None


def test_every_attempt_is_signed_for_its_own_moment(mina, receiver, hook, deliver, monkeypatch):
    hook(mina)
    mina.save("One.")
    receiver.answer = lambda post: 503
    now = timezone.now()
    monkeypatch.setattr(sending.timezone, "now", lambda: now - timedelta(minutes=6))
    deliver()
    # The reference refuses what is five minutes old.
    assert receiver.posts[0]["body"] is None
    monkeypatch.setattr(sending.timezone, "now", lambda: now)
    receiver.answer = lambda post: 204
    Webhook.objects.update(next_attempt_at=now)
    deliver()
    assert receiver.posts[1]["body"] is not None
    assert isinstance(Standard(receiver.secret), Standard)


def test_what_is_not_wanted_moves_its_place_without_a_write_each(mina, receiver, hook, deliver):
    hook(mina, kinds=["team.left"])
    before = Webhook.objects.get().position
    for number in range(30):
        mina.save(str(number))
    deliver()
    assert (Webhook.objects.get().position, receiver.posts) == (before, [])


def test_a_test_is_sent_at_once_and_told(mina, receiver, hook):
    one = hook(mina)
    mina.post(f"{path_of(one)}/pause")
    told = mina.post(f"{path_of(one)}/test").json()
    assert (told["type"], told["status"], told["error"]) == ("webhook.test", 204, "")
    assert receiver.types == ["webhook.test"]
    assert told["message_id"] == receiver.taken[0]["id"]
    assert mina.get(f"{path_of(one)}/deliveries").json()["deliveries"] == [told]
    receiver.answer = lambda post: None
    told = mina.post(f"{path_of(one)}/test").json()
    assert (told["status"], told["error"]) == (
        None,
        "The host did not answer in time, or not by https as it should.",
    )
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize("host", ["localhost", "hooks.example.com"])
def test_nothing_inside_is_called_whatever_its_name(mina, receiver, host, settings, monkeypatch):
    from memory_hub.http import outgoing

    settings.HUB_WEBHOOK_PRIVATE = False
    monkeypatch.setattr(outgoing, "_resolved", lambda *_: ["127.0.0.1"])
    one = mina.post(HOOKS, json={"url": f"https://{host}:{receiver.server.server_address[1]}/"})
    told = mina.post(f"{path_of(one.json())}/test").json()
    assert (told["status"], told["error"]) == (
        None,
        "The host has no address, or one that is not public.",
    )
    assert receiver.posts == []
