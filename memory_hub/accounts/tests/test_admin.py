"""Accounts in the admin: users, tokens, teams."""

import re

import pytest

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, Token, User
from memory_hub.accounts.restrictions import Restriction
from memory_hub.core.identity import OPERATOR
from testing.clients.admin_site import PASSWORD, Browser, staff_browser

USERS = "/admin/accounts/user/"
TOKENS = "/admin/accounts/token/"
TEAMS = "/admin/accounts/team/"
LISTS = (USERS, TOKENS, TEAMS, "/admin/accounts/membership/", "/admin/auth/group/", "/admin/")


@pytest.fixture
def root(db):
    """A superuser at the admin."""
    return Browser()


def _page(user, kind="change"):
    return f"{USERS}{user.pk}/{kind}/"


def _read_often(client, url):
    """The answer after it had every chance to be kept."""
    return [client.get(url) for _ in range(3)][-1]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_a_page(root, mina, path):
    assert "Memory Hub" in root.text(path)


def test_a_user_made_with_a_password_can_log_in_and_change_it(root):
    form = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    made = root.send(f"{USERS}add/", email="Sora@Example.COM", **form)
    assert made.status_code == 302, made.content
    sora = User.objects.get(email="sora@example.com")
    assert sora.check_password(PASSWORD)
    new = "another long pass phrase"
    changed = root.send(_page(sora, "password"), password1=new, password2=new)
    assert changed.status_code == 302, changed.content
    sora.refresh_from_db()
    assert sora.check_password(new)


def test_a_user_made_without_a_password_works_with_tokens_only(root):
    root.send(f"{USERS}add/", email="sora@example.com", usable_password="false")
    assert not User.objects.get(email="sora@example.com").has_usable_password()


@pytest.mark.parametrize("email", ["Root@example.com", "no address", ""])
def test_an_address_that_is_taken_or_none_is_refused(root, email):
    answer = root.send(f"{USERS}add/", email=email, usable_password="false")
    assert answer.status_code == 200
    assert User.objects.count() == 1


def test_a_user_is_changed_by_the_form(root, mina):
    answer = root.send(_page(mina.user), email="Other@Example.com", is_staff="on", is_active="on")
    assert answer.status_code == 302, answer.content
    mina.user.refresh_from_db()
    assert (mina.user.is_staff, mina.user.is_active) == (True, True)
    assert mina.user.email == "other@example.com"


def test_an_address_that_staff_give_is_proven_and_what_was_accepted_moves_to_it(root, mina, api):
    services.place_member(key="alpha", email=mina.user.email, role="member", by=OPERATOR)
    services.place_member(key="alpha", email="jun@example.com", role="member", by=OPERATOR)
    saved = api("jun@example.com").save("of the team", scope="team", team_key="alpha")
    url = f"/superthread/memories/{saved['doc_id']}"
    assert _read_often(mina, url).status_code == 200
    User.objects.filter(pk=mina.user.pk).update(vouched_by="jun@example.com")
    Membership.objects.filter(email=mina.user.email).update(invited_by="jun@example.com")
    form = {"is_active": "on"}
    assert root.send(_page(mina.user), email="root@example.com", **form).status_code == 200
    assert root.send(_page(mina.user), email="new@example.com", **form).status_code == 302
    moved = User.objects.get(email="new@example.com")
    assert (moved.pk, moved.is_proven) == (mina.user.pk, True)
    assert mina.get(url).status_code == 200
    assert not Membership.objects.filter(email=mina.user.email).exists()


def test_root_changes_the_own_address_and_stays_logged_in(root):
    form = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert root.send(_page(root.user), email="chief@example.com", **form).status_code == 302
    assert "chief@example.com" in root.text(_page(root.user))


def test_staff_without_all_powers_give_themselves_no_address(mina):
    staff = staff_browser("view_user", "change_user")
    staff.send(_page(staff.user), email="boss@example.com", is_active="on")
    assert not User.objects.filter(email="boss@example.com").exists()


def test_a_deactivated_user_is_out_at_once_and_back_when_activated(root, mina):
    url = "/superthread/memories"
    assert _read_often(mina, url).status_code == 200
    root.send(USERS, action="deactivate", _selected_action=[mina.user.pk, root.user.pk])
    assert mina.get(url).status_code == 401
    assert User.objects.get(pk=root.user.pk).is_active  # never oneself
    root.send(USERS, action="activate", _selected_action=mina.user.pk)
    assert mina.get(url).status_code == 200


def test_a_user_with_memories_is_not_deleted_and_one_without_is(root, mina, api):
    jun = api("jun@example.com")
    jun.save()
    for user, status in ((jun.user, 403), (root.user, 403), (mina.user, 302)):
        assert root.send(_page(user, "delete"), post="yes").status_code == status
    assert set(User.objects.values_list("email", flat=True)) == {
        "root@example.com",
        "jun@example.com",
    }


def test_staff_give_themselves_no_powers_and_do_not_touch_otherstaff_browser(root, mina):
    staff = staff_browser("view_user", "change_user")
    staff.send(_page(staff.user), email="staff@example.com", is_active="on", is_superuser="on")
    staff.user.refresh_from_db()
    assert not staff.user.is_superuser
    form = {"password1": "another long pass phrase", "password2": "another long pass phrase"}
    assert staff.send(_page(root.user, "password"), **form).status_code == 403
    assert staff.send(_page(root.user), email="stolen@example.com").status_code == 403
    staff.send(USERS, action="deactivate", _selected_action=root.user.pk)
    root.user.refresh_from_db()
    assert root.user.is_active
    assert root.user.check_password(PASSWORD)
    assert staff.get(_page(mina.user)).status_code == 200


def _new_token(browser, user, *scopes, **fields):
    form = {"user": user.pk, "name": "laptop", "scopes": scopes, "days": "30", **fields}
    return browser.send(f"{TOKENS}add/", **form)


def test_a_new_token_is_shown_once_and_works(root, mina, nobody):
    answer = _new_token(root, mina.user, "memories:read")
    assert "no-store" in answer["Cache-Control"]
    (secret,) = re.findall(r"mh_\w{36}", answer.content.decode())
    headers = {"Authorization": f"Bearer {secret}"}
    assert nobody.get("/superthread/memories", headers=headers).status_code == 200
    token = Token.objects.get(name="laptop")
    for path in (TOKENS, f"{TOKENS}{token.pk}/change/", f"{TOKENS}{token.pk}/history/"):
        page = root.text(path)
        assert secret not in page
        assert token.digest not in page
    assert secret not in str(root.cookies)


@pytest.mark.parametrize(
    ("scopes", "fields"),
    [
        (["monitoring:read"], {}),
        ([], {}),
        (["memories:fly"], {}),
        (["memories:read"], {"days": "0"}),
        (["memories:read"], {"days": "367"}),
        (["memories:read"], {"name": ""}),
    ],
)
def test_a_token_that_nobody_may_have_is_not_made(root, mina, scopes, fields):
    before = Token.objects.count()
    assert _new_token(root, mina.user, *scopes, **fields).status_code == 200
    assert Token.objects.count() == before


def test_staff_make_tokens_for_themselves_only(root, mina):
    staff = staff_browser("view_token", "add_token", "view_user")
    assert b"mh_" not in _new_token(staff, mina.user, "memories:read").content
    assert b"mh_" in _new_token(staff, staff.user, "memories:read").content
    assert list(Token.objects.filter(name="laptop").values_list("user__email", flat=True)) == [
        "staff@example.com"
    ]


def test_a_revoked_token_is_refused_on_the_next_request(root, mina, api):
    jun = api("jun@example.com")
    token = Token.objects.get(user=mina.user)
    page = f"{TOKENS}{token.pk}/revoke/"
    assert "Revoke" in root.text(page)
    assert _read_often(mina, "/superthread/memories").status_code == 200
    root.send(page)
    assert mina.get("/superthread/memories").status_code == 401
    root.send(TOKENS, action="revoke_chosen", _selected_action=Token.objects.get(user=jun.user).pk)
    assert jun.get("/superthread/memories").status_code == 401
    assert "revoked" in root.text(TOKENS, state="revoked")


def test_a_token_is_neither_changed_nor_deleted(root, mina):
    page = f"{TOKENS}{Token.objects.get().pk}"
    assert root.send(f"{page}/change/", name="x", scopes="monitoring:write").status_code == 403
    assert root.send(f"{page}/delete/", post="yes").status_code == 403


def _team_form(**fields):
    management = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    return {**management, "key": "alpha", "name": "", "default_role": "editor", **fields}


def _member(number, email, role, **fields):
    form = {"email": email, "role": role, **fields}
    return {f"memberships-{number}-{name}": value for name, value in form.items()}


def test_a_team_is_made_with_members_who_are_in_at_once(root, mina, api):
    form = _team_form(**_member(0, "Mina@Example.com", "admin"))
    answer = root.send(f"{TEAMS}add/", **{**form, "memberships-TOTAL_FORMS": "1"})
    assert answer.status_code == 302, answer.content
    team, membership = Team.objects.get(), Membership.objects.get()
    assert membership.email == "mina@example.com"
    saved = mina.save("ours", scope="team", team_key="alpha")
    jun = api("jun@example.com")
    url = f"/superthread/memories/{saved['doc_id']}"
    assert _read_often(jun, url).status_code == 404
    page = {"team": team.pk, "email": "jun@example.com", "role": "member"}
    assert root.send("/admin/accounts/membership/add/", **page).status_code == 302
    assert _read_often(jun, url).json()["role"] == "editor"
    root.send(f"{TEAMS}{team.pk}/change/", **_team_form(default_role="viewer"))
    assert jun.get(url).json()["role"] == "viewer"
    Membership.objects.filter(email="jun@example.com").delete()
    form = _team_form(**_member(0, "mina@example.com", "admin", id=membership.pk, DELETE="on"))
    form |= {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1"}
    root.send(f"{TEAMS}{team.pk}/change/", **form)
    assert Membership.objects.count() == 0


def test_a_team_with_memories_is_not_deleted(root, mina, api):
    root.send(f"{TEAMS}add/", **_team_form())
    team = Team.objects.get()
    Membership.objects.create(team=team, email="mina@example.com")
    saved = api("mina@example.com").save("ours", scope="team", team_key="alpha")
    page = f"{TEAMS}{team.pk}/delete/"
    assert root.send(page, post="yes").status_code == 403
    mina.delete(f"/superthread/memories/{saved['doc_id']}", params={"permanent": "true"})
    assert root.send(page, post="yes").status_code == 302
    assert not Team.objects.exists()


@pytest.mark.parametrize("key", ["", "a b", "/", "a" * 65, "-"])
def test_a_team_key_that_the_api_would_not_take_is_refused(root, key):
    assert root.send(f"{TEAMS}add/", **_team_form(key=key)).status_code == 200
    assert not Team.objects.exists()


def test_who_signs_in_without_having_wanted_a_page_comes_to_the_first_one(db):
    browser = Browser()
    browser.logout()
    asked = browser.get("/admin/login/")
    assert asked.headers["Location"] == "/login?next=/admin/"
    browser.get("/login")
    answer = browser.send("/login", login=browser.user.email, password=PASSWORD, next="/admin/")
    assert answer.headers["Location"] == "/admin/"


def test_a_restricted_token_is_made_and_told_in_words(root, mina, api):
    services.place_member(key="alpha", email=mina.user.email, role="member", by=OPERATOR)
    alpha = Team.objects.get(key="alpha")
    fields = {"reading_only": "on", "personal": "on", "teams": [alpha.pk], "category": "notes"}
    fields["path_prefix"] = "plans"
    _new_token(root, mina.user, "memories:read", "memories:write", **fields)
    token = Token.objects.get(name="laptop")
    assert token.restriction == Restriction(True, True, frozenset({alpha.pk}), "notes", "plans/")
    assert token.scopes == ["memories:read"]
    page = root.get(f"{TOKENS}{token.pk}/change/").content.decode()
    assert (
        "your own personal memories and memories of the teams alpha; only in the category" in page
    )
    # Nothing to read with is nothing at all.
    refused = _new_token(root, mina.user, "memories:write", reading_only="on")
    assert "needs a scope to read" in refused.content.decode()
    refused = _new_token(root, mina.user, "memories:read", path_prefix="a//b")
    assert "A folder such as" in refused.content.decode()
    assert Token.objects.filter(name="laptop").count() == 1
