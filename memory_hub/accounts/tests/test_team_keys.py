"""A team's key is stored as NFC whoever makes the team, and found in either form."""

import unicodedata

import pytest
from django.core.management import CommandError, call_command

from memory_hub.accounts.models import Team
from testing.clients.admin_site import Browser

COMPOSED = "équipe-팀"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def by_command(mina):
    call_command("set_member", DECOMPOSED, "mina@example.com", "--role", "admin")


def by_api(mina):
    assert mina.post("/accounts/teams", json={"team_key": DECOMPOSED}).status_code == 201


def by_admin(mina):
    form = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    form |= {"key": DECOMPOSED, "name": "", "default_role": "editor"}
    assert Browser().send("/admin/accounts/team/add/", **form).status_code == 302
    Team.objects.get().memberships.create(email="mina@example.com", role="admin")


@pytest.mark.parametrize("make", [by_command, by_api, by_admin])
def test_a_key_in_either_form_is_the_same(mina, make):
    make(mina)
    assert Team.objects.get().key == COMPOSED
    for form in (COMPOSED, DECOMPOSED):
        assert mina.get(f"/accounts/teams/{form}").json()["team_key"] == COMPOSED
        assert mina.save(scope="team", team_key=form)["team_key"] == COMPOSED
        call_command("set_member", form, "jun@example.com")
    assert Team.objects.count() == 1


def test_a_key_of_endless_marks_is_none(mina):
    marks = "e" + "\N{COMBINING ACUTE ACCENT}" * 200
    assert mina.get(f"/accounts/teams/{marks}").status_code == 404
    with pytest.raises(CommandError, match="combining marks"):
        call_command("set_member", marks, "mina@example.com")
