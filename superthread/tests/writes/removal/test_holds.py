"""Legal holds: what they keep, whom they stop, who may place and lift them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from memory_hub.core.identity import HUB, OPERATOR
from memory_hub.journal import retention, sealing, sequencer
from memory_hub.journal.models import Origin, Seal
from superthread.models import Hold, Memory, Version
from superthread.services import holds, lifecycle
from testing.clients.admin_site import Browser

MEMORIES, HOLDS = "/superthread/memories", "/superthread/holds"
TEAM = {"scope": "team", "team_key": "alpha"}


@pytest.fixture
def root(api):
    return api("root@example.com", is_staff=True)


def url(memory):
    return f"{MEMORIES}/{memory['doc_id']}"


def place(root, **on):
    answer = root.post(HOLDS, json={**on, "reason": "case 17"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def refused(answer):
    return (answer.status_code, answer.json()["code"]) == (423, "on-hold")


def team_memory(mina):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    return mina.save("of the team", **TEAM)


def test_what_is_held_is_not_purged_by_its_owner_until_it_is_lifted(mina, root):
    memory = mina.save("kept")
    hold = place(root, doc_id=memory["doc_id"])
    assert refused(mina.delete(f"{url(memory)}?permanent=true"))
    assert mina.delete(url(memory)).status_code == 204
    assert refused(mina.delete(f"{url(memory)}?permanent=true"))
    assert root.delete(f"{HOLDS}/{hold['id']}").status_code == 204
    assert mina.delete(f"{url(memory)}?permanent=true").status_code == 204


def test_its_time_and_the_end_of_the_trash_wait_for_the_lifting(mina, root):
    trashed, expired = mina.save("trashed"), mina.save("expired")
    placed = [place(root, doc_id=one["doc_id"]) for one in (trashed, expired)]
    mina.delete(url(trashed))
    later = timezone.now() + timedelta(days=31)
    Memory.objects.filter(doc_id=expired["doc_id"]).update(expires_at=later - timedelta(days=1))
    assert lifecycle.purge_due(by=HUB, now=later) == 0
    for hold in placed:
        holds.lift(hold["id"], by=OPERATOR)
    assert lifecycle.purge_due(by=HUB, now=later) == 2


def test_no_version_of_it_is_redacted(mina, root):
    memory = mina.save("first")
    mina.patch(url(memory), json={"content": "second"})
    hold = place(root, doc_id=memory["doc_id"])
    path = f"/superthread/versions/{memory['doc_id']}/redact/1"
    assert refused(mina.post(path))
    assert Version.objects.get(number=1).content == "first"
    root.delete(f"{HOLDS}/{hold['id']}")
    assert mina.post(path).status_code == 200


def test_a_team_on_hold_keeps_its_memories_and_lets_none_leave(mina, root):
    memory = team_memory(mina)
    hold = place(root, team_key="alpha")
    assert refused(mina.delete(f"{url(memory)}?permanent=true"))
    assert refused(mina.patch(url(memory), json={"scope": "personal"}))
    free = mina.save("free")["doc_id"]
    many = [{"doc_id": doc_id, "scope": "public"} for doc_id in (memory["doc_id"], free)]
    told = mina.post("/superthread/batch/update", json={"updates": many}).json()["results"]
    assert [one["status"] for one in told] == [423, 200]
    assert mina.patch(url(memory), json={"content": "changed"}).status_code == 200
    assert mina.save("another", **TEAM)
    assert mina.delete("/accounts/teams/alpha").status_code == 409
    root.delete(f"{HOLDS}/{hold['id']}")
    assert mina.patch(url(memory), json={"scope": "personal"}).status_code == 200


def test_the_refusal_tells_only_whom_it_would_be_allowed_to(mina, api, root):
    memory = mina.save("kept")
    place(root, doc_id=memory["doc_id"])
    stranger = api("jun@example.com")
    assert stranger.delete(f"{url(memory)}?permanent=true").status_code == 404


def test_holds_are_for_staff(mina, nobody, root):
    memory = mina.save("kept")
    body = {"doc_id": memory["doc_id"], "reason": "x"}
    assert nobody.get(HOLDS).status_code == 401
    for answer in (mina.get(HOLDS), mina.post(HOLDS, json=body), mina.delete(f"{HOLDS}/1")):
        assert answer.status_code == 403
    hold = place(root, doc_id=memory["doc_id"])
    assert root.get(HOLDS).json() == {"holds": [hold], "count": 1}
    assert (hold["placed_by"], hold["reason"]) == ("root@example.com", "case 17")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reason": "x"}, 400),
        ({"doc_id": "{doc_id}"}, 400),
        ({"doc_id": "{doc_id}", "reason": ""}, 400),
        ({"doc_id": "{doc_id}", "team_key": "alpha", "reason": "x"}, 400),
        ({"doc_id": "nothing", "reason": "x"}, 404),
        ({"team_key": "nothing", "reason": "x"}, 404),
    ],
)
def test_a_hold_on_nothing_is_refused(mina, root, body, status):
    doc_id = mina.save("kept")["doc_id"]
    body = {name: value.format(doc_id=doc_id) for name, value in body.items()}
    assert root.post(HOLDS, json=body).status_code == status
    assert not Hold.objects.exists()


def test_there_is_one_hold_on_each(mina, root):
    memory = mina.save("kept")
    place(root, doc_id=memory["doc_id"])
    again = root.post(HOLDS, json={"doc_id": memory["doc_id"], "reason": "another"})
    assert (again.status_code, again.json()["code"]) == (409, "already-on-hold")
    for unknown in ("0", "x", "-1", "9" * 20):
        assert root.delete(f"{HOLDS}/{unknown}").status_code == 404


def test_the_journal_says_who_placed_and_lifted_it_and_why(mina, root):
    memory = mina.save("kept")
    hold = place(root, doc_id=memory["doc_id"])
    root.delete(f"{HOLDS}/{hold['id']}")
    shown = mina.get(f"/superthread/audit?doc_id={memory['doc_id']}").json()["entries"]
    told = [(one["type"], one["actor"], one["detail"]) for one in shown[:2]]
    detail = {"reason": "case 17"}
    assert told == [
        ("hold.lifted", "root@example.com", detail),
        ("hold.placed", "root@example.com", detail),
    ]


def test_nothing_of_the_journal_goes_for_its_age_while_there_is_a_hold(mina, root, settings):
    settings.HUB_ORIGINS_KEPT = 1
    memory = mina.save("kept")
    assert sequencer.sequence()
    while sealing.seal():
        pass
    Seal.objects.update(at=timezone.now() - timedelta(days=500))
    hold = place(root, doc_id=memory["doc_id"])
    before = Origin.objects.count()
    assert (retention.prune(), Origin.objects.count()) == (0, before)
    root.delete(f"{HOLDS}/{hold['id']}")
    assert retention.prune() > 0


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_delete_what_is_held(mina, root):
    memory = mina.save("kept")
    place(root, doc_id=memory["doc_id"])
    found = Memory.objects.filter(doc_id=memory["doc_id"])
    Version.objects.all().delete()
    with pytest.raises(IntegrityError, match=r"hold|FOREIGN KEY"):
        found._raw_delete(found.db)
    assert found.exists()


def test_staff_place_and_lift_it_in_the_admin(mina):
    memory = Memory.objects.get(doc_id=mina.save("kept")["doc_id"])
    browser = Browser("staff@example.com", is_superuser=True)
    browser.send("/admin/superthread/hold/add/", memory=memory.pk, reason="a case")
    hold = Hold.objects.get()
    assert (hold.memory_id, hold.placed_by) == (memory.pk, browser.user)
    assert str(memory.doc_id) in browser.text("/admin/superthread/hold/")
    browser.send(f"/admin/superthread/hold/{hold.pk}/delete/", post="yes")
    assert not Hold.objects.exists()


def test_the_command_places_lists_and_lifts(mina):
    memory = mina.save("kept")
    said = StringIO()
    on = ("--memory", memory["doc_id"], "--reason", "a case")
    call_command("hold", "place", *on, stdout=said)
    call_command("hold", "list", stdout=said)
    hold = Hold.objects.get()
    assert f"{hold.pk}  memory {memory['doc_id']}" in said.getvalue()
    with pytest.raises(CommandError, match="Lift it first"):
        call_command("hold", "place", *on)
    call_command("hold", "lift", str(hold.pk), stdout=said)
    assert not Hold.objects.exists()


def test_of_an_account_that_is_deleted_what_is_held_stays(mina, root):
    from web.accounts.leaving import remove

    held, other = mina.save("kept"), mina.save("not kept")
    place(root, doc_id=held["doc_id"])
    mina.user.is_active = False
    mina.user.save()
    remove.func(mina.user.pk, False)
    left = Memory.objects.get()
    assert (str(left.doc_id), left.deleted_at is not None) == (held["doc_id"], True)
    assert other["doc_id"] != held["doc_id"]
