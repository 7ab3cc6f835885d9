"""Who has an address that was somebody else's is told nothing of what that one was told."""

from importlib import import_module

import pytest
from django.apps import apps

from memory_hub.accounts.models import User
from memory_hub.accounts.services import operators, readdressing
from memory_hub.core.identity import OPERATOR
from memory_hub.journal.models import Audience
from superthread.tests.feed.acts import accept, share
from superthread.tests.feed.follower import Follower

JUN, NEW = "jun@example.com", "new@example.com"


def given_up(people, api):
    """Jun, who was granted something and is in a team, has another address; the one before is
    another person's."""
    mina, jun, _ = people
    memory = mina.save("Shared with Jun.")
    share(mina, memory, jun="viewer")
    accept(jun, memory)
    follower = Follower(jun)
    follower.begin()
    other = mina.save("Shared for a while.")
    share(mina, other, jun="viewer")
    accept(jun, other)
    follower.follow()
    share(mina, other, jun=None)
    with mina.threads.committing():
        readdressing.readdress(User.objects.get(email=JUN), NEW, by=OPERATOR)
    return follower, memory, api(JUN)


def test_the_next_person_at_an_address_is_told_nothing_of_the_one_before(people, api):
    _, _, next_one = given_up(people, api)
    assert Follower(next_one).follow() == []


def test_the_account_is_told_what_its_former_address_was_told(people, api):
    follower, memory, _ = given_up(people, api)
    follower.follow()
    assert follower.held.keys() == {memory["doc_id"]}
    assert follower.held == follower.listed()


def test_the_address_of_a_deleted_account_is_told_nothing_of_it(people, api):
    mina, _, sora = people
    memory = mina.save("Shared with Sora.")
    share(mina, memory, sora="viewer")
    with mina.threads.committing():
        operators.delete_user(User.objects.get(pk=sora.user.pk), by=OPERATOR)
    assert not Audience.objects.filter(who="sora@example.com").exists()
    assert Follower(api("sora@example.com")).follow() == []


def test_what_was_told_before_the_upgrade_is_handed_over_too(people, api):
    follower, _, _ = given_up(people, api)
    # Everything has its number.
    follower.follow()
    # As it was before: everything is told to the address.
    theirs = list(Audience.objects.filter(who__startswith="user/"))
    Audience.objects.filter(who__startswith="user/").delete()
    assert theirs
    Audience.objects.bulk_create(Audience(who=JUN, position=one.position) for one in theirs)
    migration = import_module("memory_hub.accounts.migrations.0009_told_to_accounts")
    migration.hand_over(apps, None)
    next_one = Follower(api(JUN))
    assert [one["type"] for one in next_one.follow()] == []


@pytest.mark.only_on("postgresql")
def test_what_has_no_number_yet_is_handed_over_too(people, api, monkeypatch):
    from memory_hub.journal import sequencer

    with monkeypatch.context() as held:
        held.setattr(sequencer, "sequence", lambda **_: False)
        mina, jun, _ = people
        share(mina, mina.save("Shared with Jun."), jun="viewer")
        with mina.threads.committing():
            readdressing.readdress(User.objects.get(email=JUN), NEW, by=OPERATOR)
    del jun
    assert Follower(api(JUN)).follow() == []
