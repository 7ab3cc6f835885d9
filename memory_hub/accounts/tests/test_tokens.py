"""Tokens: never stronger than their maker, gone at once, told once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from memory_hub.accounts.models import Membership, Token, User
from testing.clients.in_process import Client

URL = "/accounts/tokens"


def with_token(mina, made) -> Client:
    return Client(made["token"], threads=mina.threads)


def test_a_token_is_told_once_and_works(mina):
    made = mina.post(URL, json={"name": "editor", "scopes": ["memories:read"]})
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    secret = made.json()["token"]
    assert with_token(mina, made.json()).get("/superthread/memories").status_code == 200
    listed = mina.get(URL)
    assert secret not in listed.text
    assert listed.json()["tokens"][0]["prefix"] == secret[:9]
    assert not Token.objects.filter(digest__contains=secret[3:]).exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"scopes": ["memories:publish"]}, "scope-not-held"),
        ({"scopes": ["memories:read", "monitoring:read"]}, "scope-not-held"),
        ({"scopes": []}, "empty"),
        ({"scopes": ["everything"]}, "invalid-choice"),
        ({"scopes": "memories:read"}, "not-a-list"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "past"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "out-of-range"),
        ({"name": ""}, "blank"),
        ({"user": "jun@example.com"}, "unknown-field"),
    ],
)
def test_a_token_that_may_not_be_made(api, body, code):
    maker = api("mina@example.com", scopes=["accounts:manage", "memories:read", "memories:write"])
    answer = maker.post(URL, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


def test_a_token_lives_ninety_days_unless_told(mina):
    Token.objects.update(expires_at=timezone.now() + timedelta(days=91))  # Mina's own
    made = mina.post(URL, json={}).json()
    token = Token.objects.get(pk=made["id"])
    assert token.expires_at - token.created_at == timedelta(days=90)
    assert made["scopes"] == ["memories:read", "memories:write"]


def test_a_revoked_token_is_refused_on_the_next_request(mina):
    made = mina.post(URL, json={}).json()
    other = with_token(mina, made)
    assert other.get("/accounts/me").status_code == 200
    assert mina.delete(f"{URL}/{made['id']}").status_code == 204
    assert other.get("/accounts/me").status_code == 401
    assert mina.delete(f"{URL}/{made['id']}").status_code == 404


def test_an_expired_token_is_refused(mina):
    made = mina.post(URL, json={}).json()
    now = timezone.now()
    Token.objects.filter(pk=made["id"]).update(created_at=now - timedelta(1), expires_at=now)
    assert with_token(mina, made).get("/accounts/me").status_code == 401


@pytest.mark.parametrize("spelling", ["{}", "0{}0", "-1", "x", "%00", "9" * 30, "٣"])
def test_the_tokens_of_others_are_as_none(mina, api, spelling):
    made = mina.post(URL, json={}).json()
    jun = api("jun@example.com")
    assert made["id"] not in [token["id"] for token in jun.get(URL).json()["tokens"]]
    assert jun.delete(f"{URL}/{spelling.format(made['id'])}").status_code == 404
    assert with_token(mina, made).get("/accounts/me").status_code == 200


def test_managing_tokens_needs_its_scope(api):
    poor = api("mina@example.com", scopes=["memories:read"])
    for method, path in (("GET", URL), ("POST", URL), ("DELETE", f"{URL}/1")):
        assert poor.request(method, path).status_code == 403


def test_the_command_prints_the_token_alone(mina, capsys):
    call_command("create_token", "New@Example.com", "--scopes", "memories:read")
    secret = capsys.readouterr().out.strip()
    me = Client(secret, threads=mina.threads).get("/accounts/me").json()
    assert (me["email"], me["scopes"]) == ("new@example.com", ["memories:read"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-address"],
        ["a@example.com", "--scopes", "all"],
        ["a@example.com", "--expires-in", "400d"],
        ["a@example.com", "--expires-in", "soon"],
        ["a@example.com", "--expires-in", "0s"],
    ],
)
def test_the_command_refuses_nonsense(db, arguments):
    with pytest.raises(CommandError):
        call_command("create_token", *arguments)


@pytest.mark.parametrize("scopes", ["memories:raed", "", ","])
def test_a_command_without_a_known_scope_makes_neither_token_nor_user(db, scopes):
    with pytest.raises(CommandError, match=r"No scope given|Not yours to give: memories:raed"):
        call_command("create_token", "new@example.com", "--scopes", scopes)
    assert not User.objects.exists()


def test_the_command_puts_an_address_into_a_team(db, capsys):
    call_command("set_member", "alpha", "A@example.com", "--role", "admin")
    call_command("set_member", "alpha", "a@example.com", "--default-role", "editor")
    member = Membership.objects.get(email="a@example.com")
    assert (member.role, member.team.default_role) == ("member", "editor")
    for bad in (["a b", "a@example.com"], ["alpha", "nobody"], ["", "a@example.com"]):
        with pytest.raises(CommandError):
            call_command("set_member", *bad)
