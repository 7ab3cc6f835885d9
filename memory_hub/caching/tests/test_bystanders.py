"""Whoever has nothing to do with a change keeps their answers: only what changed is outdated."""

from io import StringIO

import pytest
from django.core.management import call_command

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, TeamRole, User
from memory_hub.accounts.services import operators
from memory_hub.caching.statistics import Counter
from memory_hub.caching.tests.exchange import ask, cached, response_cache
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, Source
from superthread.services import lifecycle
from superthread.services.steps.facts import facts_of

MINA, JUN = "mina@example.com", "jun@example.com"


@pytest.fixture
def used(api):
    """``used()``: whether somebody's list is still answered from what is kept. It is kept again."""
    bystander = api("bystander@example.com")
    bystander.save("of nobody else")

    def ask_again():
        hits = response_cache.answers.counters.cells[Counter.HITS]
        for _ in range(2):
            assert ask(cached, bystander.token, "/superthread/memories").status == 200
        return response_cache.answers.counters.cells[Counter.HITS] == hits + 2

    ask_again()
    return ask_again


@pytest.fixture
def team(api):
    services.place_member(key="alpha", email=MINA, role="admin", by=OPERATOR)
    services.place_member(key="alpha", email=JUN, role="member", by=OPERATOR)
    api(JUN).save("of the team", scope="team", team_key="alpha")
    return Team.objects.get(key="alpha")


def _changed(obj, **values):
    for name, value in values.items():
        setattr(obj, name, value)
    return obj


USERS = {
    "nothing": {},
    "a password": {"password": "!x"},
    "staff": {"is_staff": True},
    "inactive": {"is_active": False},
}


@pytest.mark.parametrize("name", USERS)
def test_an_operator_saves_a_user(team, threads, used, name):
    user = User.objects.get(email=JUN)
    used()
    with threads.committing():
        operators.store_user(_changed(user, **USERS[name]), by=OPERATOR)
    assert used()
    assert all(getattr(User.objects.get(email=JUN), n) == v for n, v in USERS[name].items())


def test_an_address_that_changes_is_in_everybodys_answers(team, threads, used):
    used()
    with threads.committing():
        operators.store_user(
            _changed(User.objects.get(email=JUN), email="new@example.com"), by=OPERATOR
        )
    assert not used()


def test_an_operator_saves_teams_and_places(team, threads, used):
    place = Membership.objects.get(team=team, email=JUN)
    new = Membership(team=team, email="ann@example.com", role=TeamRole.MEMBER)
    used()
    for act in (
        lambda: operators.store_team(
            _changed(team, name="Another", default_role="editor"), by=OPERATOR
        ),
        lambda: operators.store_membership(_changed(place, role=TeamRole.ADMIN), by=OPERATOR),
        lambda: operators.store_membership(new, by=OPERATOR),
        lambda: operators.remove_membership(place, by=OPERATOR),
    ):
        with threads.committing():
            act()
        assert used()
    assert Team.objects.get(pk=team.pk).name == "Another"


def test_a_memory_gets_another_owner(mina, api, team, used):
    jun, memory = api(JUN), mina.save("mina's")
    left = jun.save("left behind", scope="team", team_key="alpha")
    used()
    url = f"/superthread/memories/{memory['doc_id']}/transfer"
    assert mina.post(url, json={"to": JUN}).status_code == 200
    assert jun.post(url, json={"accept": True}).status_code == 200
    assert used()
    assert mina.delete(f"/accounts/teams/alpha/members/{JUN}").status_code == 204
    url = f"/superthread/memories/{left['doc_id']}/transfer"
    assert mina.post(url, json={"to": MINA}).json()["owner"] == MINA
    assert used()


@pytest.mark.parametrize("options", [["--owners"], ["--as", MINA]])
def test_memories_are_brought_back_with_history_and_grants(mina, threads, used, tmp_path, options):
    memory = mina.save("first")
    mina.patch(f"/superthread/memories/{memory['doc_id']}", json={"content": "second"})
    mina.post(f"/superthread/versions/{memory['doc_id']}", params={"description": "named"})
    url = f"/superthread/permissions/{memory['doc_id']}"
    mina.post(url, json={"permissions": {JUN: "editor"}})
    path = str(tmp_path / "mina.jsonl")
    call_command(
        "export_memories", path, "--as", MINA, "--with", "history,grants", stdout=StringIO()
    )
    with threads.committing():
        Source.objects.all().delete()
        mine = Memory.objects.filter(owner__email=MINA)
        lifecycle.purge_all(facts_of(mine.values_list("pk", flat=True)), by=OPERATOR)
    services.ensure_user(JUN, by=OPERATOR)
    used()
    with threads.committing():
        call_command("import_memories", path, *options, "--verbosity", "0", stdout=StringIO())
    assert used()
    assert Memory.objects.get(owner__email=MINA).version == 3
