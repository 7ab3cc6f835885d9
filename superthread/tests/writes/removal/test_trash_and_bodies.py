"""The trash, expiry, and calls that take no body."""

from datetime import timedelta

import pytest
from django.utils import timezone

from memory_hub.accounts.models import User
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory
from superthread.services import lifecycle


def expire(memory) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Memory.objects.filter(doc_id=memory["doc_id"]).update(expires_at=past)


def url(memory, kind: str = "memories") -> str:
    return f"/superthread/{kind}/{memory['doc_id']}"


def test_an_expired_memory_is_gone_from_every_read_at_once(mina):
    memory = mina.save(expires_at="2100-01-01T00:00:00Z", scope="public")
    expire(memory)
    assert mina.get(url(memory)).status_code == 404
    assert mina.patch(url(memory), json={"expires_at": None}).status_code == 404
    assert mina.get(url(memory, "versions")).status_code == 404
    assert mina.get("/superthread/memories?scope=all").json()["memories"] == []
    assert mina.get("/superthread/stats").json()["total_documents"] == 0


def test_what_expires_in_the_trash_does_not_come_back(mina):
    memory = mina.save(expires_at="2100-01-01T00:00:00Z")
    mina.delete(url(memory))
    expire(memory)
    assert mina.post(f"{url(memory)}/undelete").status_code == 404


def test_what_is_due_is_purged_with_all_that_hangs_on_it(mina):
    expired, trashed, fresh, kept = (mina.save(f"memory {n}") for n in range(4))
    expire(expired)
    mina.post(url(trashed, "permissions"), json={"permissions": {"a@example.com": "viewer"}})
    for memory in (trashed, fresh):
        mina.delete(url(memory))
    long_ago = timezone.now() - timedelta(days=30, seconds=1)
    Memory.objects.filter(doc_id=trashed["doc_id"]).update(deleted_at=long_ago)
    assert lifecycle.purge_due(by=OPERATOR) == 2
    assert mina.post(f"{url(fresh)}/undelete").status_code == 200
    assert mina.get(url(kept)).status_code == 200
    assert Memory.objects.count() == 2
    assert lifecycle.purge_due(by=OPERATOR) == 0


def test_a_withdrawn_grant_counts_for_nothing_at_once(mina, api):
    memory, jun = mina.save(), api("jun@example.com")
    grants = url(memory, "permissions")
    mina.post(grants, json={"permissions": {"jun@example.com": "editor"}})
    assert jun.patch(url(memory), json={"category": "b"}).status_code == 200
    mina.post(grants, json={"permissions": {"jun@example.com": None}})
    assert jun.get(url(memory), headers={"If-None-Match": "*"}).status_code == 404


def test_a_grant_by_address_waits_for_the_account(mina, api):
    memory = mina.save()
    mina.post(url(memory, "permissions"), json={"permissions": {"Later@Example.COM": "viewer"}})
    assert not User.objects.filter(email="later@example.com").exists()
    assert api("later@example.com").get(url(memory)).json()["role"] == "viewer"


BODILESS = ["memories/{}/undelete", "versions/{}", "versions/{}/restore/{}"]


@pytest.mark.parametrize("path", BODILESS)
@pytest.mark.parametrize(("content", "status"), [(b'{"a": 1}', 400), (b"[]", 400), (b"{", 400)])
def test_calls_without_a_body_refuse_one(mina, path, content, status):
    memory = mina.save()
    version = mina.get(url(memory, "versions")).json()["versions"][0]["version_id"]
    if "undelete" in path:
        mina.delete(url(memory))
    target = "/superthread/" + path.format(memory["doc_id"], version)
    headers = {"Content-Type": "application/json"}
    assert mina.post(target, content=content, headers=headers).status_code == status
    assert mina.post(target, content=b"{}", headers=headers).status_code in (200, 201)


@pytest.mark.parametrize("path", BODILESS)
def test_strangers_are_not_told_about_their_body(mina, api, path):
    memory = mina.save()
    if "undelete" in path:
        mina.delete(url(memory))
    target = "/superthread/" + path.format(memory["doc_id"], memory["doc_id"])
    assert api("jun@example.com").post(target, json={"a": 1}).status_code == 404


def test_an_editor_who_may_not_move_is_told_so_before_what_is_wrong(mina, api):
    memory = mina.save()
    mina.post(url(memory, "permissions"), json={"permissions": {"jun@example.com": "editor"}})
    jun = api("jun@example.com")
    assert jun.patch(url(memory), json={"scope": "everywhere"}).status_code == 403
    assert jun.patch(url(memory), json={"category": 7}).status_code == 400


def test_the_owner_cannot_be_granted_anything(mina):
    answer = mina.post(
        url(mina.save(), "permissions"), json={"permissions": {"MINA@example.com": "viewer"}}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
