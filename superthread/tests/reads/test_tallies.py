"""What statistics add up is what there is, whatever happens to memories."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, User
from memory_hub.core.identity import HUB, OPERATOR
from superthread import policies, tallies
from superthread.models import Grant, Kept, Memory, Tally, Version
from superthread.services.lifecycle import purge_due
from superthread.services.save import save
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person

MINA, JUN = "mina@example.com", "jun@example.com"


@pytest.fixture
def both(api):
    """Mina administers a team that Jun is in."""
    mina, jun = api(MINA), api(JUN)
    services.place_member(key="alpha", email=MINA, role="admin", by=OPERATOR)
    services.place_member(key="alpha", email=JUN, role="member", by=OPERATOR)
    Membership.objects.update(accepted=True)
    return mina, jun


def one_of(memory):
    return f"/superthread/memories/{memory['doc_id']}"


def agree(*clients):
    """The tallies are exact, and statistics tell what the lists have."""
    assert tallies.missed() == (0, 0)
    for client, email in zip(clients, (MINA, JUN), strict=False):
        by = person(email)
        listed = list(Memory.objects.filter(policies.visible_to(by)))
        edited = {one.pk for one in listed if policies.role_of(one.pk, by) >= policies.Role.EDITOR}
        kept = sum(Version.objects.filter(memory__in=edited).values_list("size", flat=True))
        told = client.get("/superthread/stats").json()
        assert told["total_documents"] == len(listed)
        assert told["by_category"] == Counter(one.category for one in listed)
        scopes = Counter(one.get_scope_display() for one in listed)
        assert {name: n for name, n in told["by_scope"].items() if n} == scopes
        assert told["total_size"] == sum(one.size for one in listed)
        assert told["storage_used"] == told["total_size"] + kept


def test_every_change_of_a_memory_is_counted_with_it(both):
    mina, jun = both
    own = mina.save("own", category="a")
    common = mina.save("of the team", category="b", scope="team", team_key="alpha")
    theirs = jun.save("Jun's in the team", scope="team", team_key="alpha")
    public = mina.save("everybody's", scope="public")
    agree(mina, jun)
    mina.patch(one_of(own), json={"content": "a longer text", "category": "c"})
    mina.patch(one_of(common), json={"category": "a"})
    agree(mina, jun)
    mina.patch(one_of(own), json={"scope": "team", "team_key": "alpha"})
    mina.patch(one_of(common), json={"scope": "public"})
    mina.patch(one_of(public), json={"scope": "personal", "content": "mine alone now"})
    agree(mina, jun)
    mina.post(f"/superthread/permissions/{public['doc_id']}", json={"permissions": {JUN: "editor"}})
    Grant.objects.update(accepted=True)
    agree(mina, jun)
    assert mina.post(f"{one_of(own)}/transfer", json={"to": JUN}).status_code == 200
    assert jun.post(f"{one_of(own)}/transfer", json={"accept": True}).status_code == 200
    agree(mina, jun)
    assert mina.delete(one_of(public)).status_code == 204
    agree(mina, jun)
    assert mina.post(f"{one_of(public)}/undelete").status_code == 200
    versions = f"/superthread/versions/{public['doc_id']}"
    assert mina.post(f"{versions}/redact/1").status_code == 200
    agree(mina, jun)
    mina.delete(one_of(public))
    Memory.objects.filter(deleted_at__isnull=False).update(
        deleted_at=timezone.now() - timedelta(days=90)
    )
    assert purge_due(by=HUB) == 1
    agree(mina, jun)
    services.remove_member(key="alpha", email=JUN, by=person(MINA))
    agree(mina, jun)
    assert theirs


def test_what_expires_counts_until_then_and_not_until_it_is_purged(both):
    mina, _ = both
    stays = mina.save("stays")
    expiring = [
        mina.save("expires", expires_at=(timezone.now() + timedelta(hours=1)).isoformat(), **place)
        for place in ({}, {"scope": "public"}, {"scope": "team", "team_key": "alpha"})
    ]
    agree(*both)
    assert mina.get("/superthread/stats").json()["total_documents"] == 4
    Memory.objects.exclude(doc_id=stays["doc_id"]).update(expires_at=timezone.now())
    told = mina.get("/superthread/stats").json()
    assert (told["total_documents"], told["total_size"], told["storage_used"]) == (1, 5, 10)
    assert purge_due(by=HUB) == len(expiring)
    agree(*both)


@pytest.mark.drill
def test_many_rows_of_one_statement_and_what_is_rolled_back_are_counted_right(both):
    mina, jun = both
    texts = [{"content": f"text {n}", "category": f"c{n % 3}"} for n in range(30)]
    assert mina.post("/superthread/batch/save", json={"memories": texts}).status_code == 200
    agree(mina, jun)
    team = Team.objects.get(key="alpha")
    Memory.objects.filter(category="c1").update(
        scope=1, team=team, owner=User.objects.get(email=JUN)
    )
    agree(mina, jun)
    with suppress(ZeroDivisionError), transaction.atomic():
        Memory.objects.filter(category="c2").update(category="c1", deleted_at=timezone.now())
        raise ZeroDivisionError
    agree(mina, jun)
    # By whom versions go after their memories, too.
    Version.objects.filter(memory__category="c0").delete()
    Memory.objects.filter(category="c0").delete()
    agree(mina, jun)


def test_a_tally_that_is_wrong_is_found_and_put_right(both):
    mina, jun = both
    mina.save("own")
    jun.save("public", scope="public")
    Tally.objects.filter(space=0).update(memories=7)
    Kept.objects.all().delete()
    assert tallies.missed() == (1, 2)
    with pytest.raises(CommandError, match="1 categories of places and 2 histories"):
        call_command("check_tallies")
    call_command("check_tallies", "--correct")
    agree(mina, jun)
    assert tallies.correct() == (0, 0)
    call_command("check_tallies")


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_writers_in_one_place_do_not_wait_for_each_other():
    services.ensure_user(MINA, by=OPERATOR)

    def beside():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        try:
            save(Draft("beside it"), by=person(MINA))
        finally:
            connection.close()

    save(Draft("before"), by=person(MINA))
    with transaction.atomic():
        memory = Memory.objects.get()
        Memory.objects.filter(pk=memory.pk).update(category="other")
        other = Thread(target=beside)
        other.start()
        other.join()
        assert tallies.missed() == (0, 0)
    assert Memory.objects.count() == 2
    assert tallies.missed() == (0, 0)
