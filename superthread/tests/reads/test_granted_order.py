"""What is granted one by one stands in lists where it would without the order that grants keep."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from memory_hub.accounts.services import ensure_user
from memory_hub.core.identity import OPERATOR
from superthread import policies
from superthread.models import Grant, GrantRole, Memory
from superthread.reads.newest import ORDERS
from superthread.services.save import save
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from testing.polling import is_waited_for, wait_until

MINA, JUN = "mina@example.com", "jun@example.com"


def share(mina, jun, memory, role="editor"):
    grants = {"permissions": {JUN: role}}
    assert mina.post(f"/superthread/permissions/{memory['doc_id']}", json=grants).is_success
    accepted = jun.post(f"/superthread/shares/{memory['doc_id']}", json={"accept": True})
    assert accepted.is_success


def paged(client, **query):
    """The ids of a whole list, two at a time."""
    found, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = client.get(
            "/superthread/memories", params={"scope": "all", "limit": 2, **query, **more}
        ).json()
        found += [one["doc_id"] for one in page["memories"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def agree(client, email=JUN):
    """The grants have the moments of their memories, and lists are those of the definition."""
    wrong = ~Q(memory_updated_at=F("memory__updated_at")) | ~Q(
        memory_created_at=F("memory__created_at")
    )
    assert not Grant.objects.filter(wrong).exists()
    visible = Memory.objects.filter(policies.visible_to(person(email)))
    for sort in ("updated", "created"):
        wanted = [
            str(one) for one in visible.order_by(*ORDERS[sort]).values_list("doc_id", flat=True)
        ]
        assert paged(client, sort=sort) == wanted
    return visible


@pytest.fixture
def shared(mina, api):
    """Mina's, all but the last one Jun's by grants; Jun and his own."""
    jun = api(JUN)
    made = [mina.save(f"memory {n}", category=f"c{n % 2}") for n in range(5)]
    jun.save("his own")
    for one in made[:-1]:
        share(mina, jun, one)
    return jun, made


def test_it_moves_with_every_change_of_its_memory(mina, shared):
    jun, made = shared
    first, second, third, *_, last = (f"/superthread/memories/{one['doc_id']}" for one in made)
    assert len(agree(jun)) == 5
    assert mina.patch(first, json={"content": "changed by its owner"}).is_success
    agree(jun)
    assert jun.patch(second, json={"category": "other"}).is_success
    agree(jun)
    changes = [{"doc_id": one["doc_id"], "metadata": {"a": 1}} for one in made[:3]]
    assert jun.post("/superthread/batch/update", json={"updates": changes}).is_success
    agree(jun)
    versions = f"/superthread/versions/{made[0]['doc_id']}"
    oldest = mina.get(versions).json()["versions"][-1]["version_id"]
    assert mina.post(f"{versions}/restore/{oldest}").is_success
    agree(jun)
    assert mina.delete(third).is_success
    assert len(agree(jun)) == 4
    assert mina.post(f"{third}/undelete").is_success
    share(mina, jun, made[-1], role="viewer")
    assert mina.patch(last, json={"content": "shared at last"}).is_success
    assert len(agree(jun)) == 6
    assert mina.post(f"{first}/transfer", json={"to": JUN}).is_success
    assert jun.post(f"{first}/transfer", json={"accept": True}).is_success
    agree(jun)
    agree(mina, MINA)


def test_it_moves_whoever_writes_and_says_nothing_else(shared):
    jun, _ = shared
    Memory.objects.filter(category="c0").update(updated_at=timezone.now() + timedelta(hours=1))
    agree(jun)
    # Of one moment all, as what is saved at once.
    Memory.objects.update(created_at=timezone.now() - timedelta(days=1))
    agree(jun)
    kept = Grant.objects.first()
    kept.memory_updated_at = timezone.now() + timedelta(days=9)
    kept.save()
    agree(jun)


def test_an_offer_is_in_no_list_and_a_grant_taken_back_in_none_any_more(mina, shared):
    jun, made = shared
    grants = {"permissions": {JUN: "viewer"}}
    mina.post(f"/superthread/permissions/{made[-1]['doc_id']}", json=grants)
    assert made[-1]["doc_id"] not in {str(one.doc_id) for one in agree(jun)}
    mina.post(f"/superthread/permissions/{made[0]['doc_id']}", json={"permissions": {JUN: None}})
    assert len(agree(jun)) == 4


@pytest.mark.parametrize("sort", ["updated", "created"])
@pytest.mark.parametrize(
    ("asked", "those"),
    [
        ({"category": "c1"}, [3, 1]),
        ({"owner": MINA}, [3, 2, 1, 0]),
        ({"owner": JUN}, []),
        ({"scope": "team"}, []),
    ],
)
def test_filters_are_of_what_is_granted_too(shared, sort, asked, those):
    jun, made = shared
    found = [one for one in paged(jun, sort=sort, **asked) if one in {m["doc_id"] for m in made}]
    assert found == [made[n]["doc_id"] for n in those]


@pytest.mark.parametrize("sort", ["updated", "created"])
def test_bounds_of_time_are_of_what_is_granted_too(mina, shared, sort):
    jun, made = shared
    moment = Memory.objects.get(doc_id=made[2]["doc_id"]).created_at.isoformat()
    mina.patch(f"/superthread/memories/{made[0]['doc_id']}", json={"content": "changed late"})
    late = Memory.objects.get(doc_id=made[0]["doc_id"]).updated_at.isoformat()

    def found(**asked):
        return {made.index(m) for m in made if m["doc_id"] in paged(jun, sort=sort, **asked)}

    assert found(created_before=moment) == {0, 1}
    assert found(updated_before=moment) == {1}
    assert found(created_from=moment) == {2, 3}
    assert found(updated_from=moment) == {0, 2, 3}
    assert found(updated_from=late) == {0}


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_grant_that_comes_while_its_memory_changes_has_the_moment_of_after():
    ensure_user(MINA, by=OPERATOR)
    save(Draft("of Mina's"), by=person(MINA))
    memory = Memory.objects.get()

    def give():
        try:
            Grant.objects.create(memory=memory, email=JUN, role=GrantRole.VIEWER, accepted=True)
        finally:
            connection.close()

    with transaction.atomic():
        moment = timezone.now() + timedelta(hours=1)
        Memory.objects.update(updated_at=moment)
        other = Thread(target=give)
        other.start()
        wait_until(lambda: is_waited_for() or not other.is_alive())
    other.join()
    assert Grant.objects.get().memory_updated_at == moment
