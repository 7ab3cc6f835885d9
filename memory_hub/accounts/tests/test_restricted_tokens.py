"""Restricted tokens over HTTP: how they are made and told, and what they may do to the account."""

import pytest
from django.core.management import CommandError, call_command

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, Token
from memory_hub.core.identity import OPERATOR
from testing.clients.in_process import Client

TOKENS = "/accounts/tokens"
ALL = ["accounts:manage", "memories:read", "memories:write", "memories:share"]
WHOLE = {"read_only": False, "personal": False, "teams": None, "category": None}
WHOLE["path_prefix"] = None


@pytest.fixture(autouse=True)
def teams(db):
    """Mina administers alpha and beta; gamma is others'."""
    for key in ("alpha", "beta"):
        services.place_member(key=key, email="mina@example.com", role="admin", by=OPERATOR)
    services.place_member(key="gamma", email="jun@example.com", role="admin", by=OPERATOR)


@pytest.fixture
def restricted(mina):
    """``restricted(personal=True, …)``: a client with a token that Mina made so."""

    def make(maker=mina, **restriction):
        answer = maker.post(TOKENS, json={"scopes": ALL, "restriction": restriction})
        assert answer.status_code == 201, answer.text
        return Client(answer.json()["token"], mina.user, threads=mina.threads)

    return make


def code_of(answer) -> tuple[int, str]:
    body = answer.json()
    return answer.status_code, body["errors"][0]["code"] if "errors" in body else body["code"]


@pytest.mark.parametrize(
    ("restriction", "told"),
    [
        ({}, None),
        (None, None),
        ({"personal": True}, {"personal": True}),
        ({"teams": ["alpha", "beta"]}, {"teams": ["alpha", "beta"]}),
        (
            {"personal": True, "teams": ["alpha"], "category": "e\u0301te"},
            {"personal": True, "teams": ["alpha"], "category": "\u00e9te"},
        ),
        ({"teams": None, "category": None, "read_only": True}, {"read_only": True}),
        ({"path_prefix": "notes/plans"}, {"path_prefix": "notes/plans/"}),
        ({"path_prefix": "notes/"}, {"path_prefix": "notes/"}),
    ],
)
def test_a_token_tells_its_restriction_wherever_it_is_told_of(mina, restriction, told):
    answer = mina.post(TOKENS, json={"scopes": ALL, "restriction": restriction})
    assert answer.status_code == 201, answer.text
    expected = None if told is None else WHOLE | told
    assert answer.json()["restriction"] == expected
    listed = mina.get(TOKENS).json()["tokens"]
    assert [one["restriction"] for one in listed] == [expected, None]
    client = Client(answer.json()["token"], mina.user, threads=mina.threads)
    assert client.get("/accounts/me").json()["restriction"] == expected


@pytest.mark.parametrize(
    ("restriction", "code"),
    [
        ({"teams": []}, "empty"),
        ({"teams": ["gamma"]}, "unknown-team"),
        ({"teams": ["nowhere"]}, "unknown-team"),
        ({"teams": ["alpha", "alpha"]}, "twice"),
        ({"teams": "alpha"}, "not-a-list"),
        ({"teams": [1]}, "not-text"),
        ({"category": ""}, "blank"),
        ({"category": "x" * 65}, "too-long"),
        ({"path_prefix": "/"}, "no-folder"),
        ({"path_prefix": "notes//plans"}, "no-folder"),
        ({"path_prefix": ""}, "blank"),
        ({"path_prefix": "x" * 1024}, "too-long"),
        ({"personal": "yes"}, "invalid"),
        ({"only": "reading"}, "unknown-field"),
        ("reading", "invalid"),
    ],
)
def test_a_restriction_that_says_nothing_clear_is_refused(mina, restriction, code):
    answer = mina.post(TOKENS, json={"scopes": ALL, "restriction": restriction})
    status, told = code_of(answer)
    assert (status, told.replace("min-length", "empty")) == (400, code), answer.text
    assert answer.json()["errors"][0]["pointer"].startswith("/restriction")
    assert Token.objects.filter(user=mina.user).count() == 1


def test_a_token_for_reading_has_no_scope_to_write(mina, restricted):
    client = restricted(read_only=True)
    assert client.get("/accounts/me").json()["scopes"] == ["accounts:manage", "memories:read"]
    body = {"scopes": ["memories:write"], "restriction": {"read_only": True}}
    assert code_of(mina.post(TOKENS, json=body)) == (400, "empty")
    # Not by what its row says either.
    Token.objects.filter(read_only=True).update(scopes=ALL)
    answer = client.post("/superthread/memories", json={"content": "Written."})
    assert code_of(answer) == (403, "missing-scope")


@pytest.mark.parametrize(
    ("own", "asked", "made"),
    [
        ({"personal": True}, ..., {"personal": True}),
        ({"personal": True}, None, "beyond-its-maker"),
        ({"personal": True}, {}, "beyond-its-maker"),
        ({"personal": True}, {"category": "notes"}, "beyond-its-maker"),
        ({"personal": True}, {"personal": True, "category": "notes"}, ...),
        ({"personal": True}, {"personal": True, "teams": ["alpha"]}, "unknown-team"),
        ({"personal": True, "teams": ["alpha"]}, {"teams": ["alpha"]}, ...),
        ({"teams": ["alpha", "beta"]}, {"teams": ["beta"]}, ...),
        ({"teams": ["alpha"]}, {"personal": True}, "beyond-its-maker"),
        ({"teams": ["alpha"]}, {"teams": ["alpha", "beta"]}, "unknown-team"),
        ({"category": "notes"}, {"category": "plans"}, "beyond-its-maker"),
        ({"category": "notes"}, {"category": "notes", "teams": ["alpha"]}, ...),
        ({"path_prefix": "notes/"}, {"path_prefix": "plans/"}, "beyond-its-maker"),
        ({"path_prefix": "notes/"}, {"category": "notes"}, "beyond-its-maker"),
        ({"path_prefix": "notes/"}, {"path_prefix": "notes/plans/"}, ...),
        ({"path_prefix": "notes/"}, ..., {"path_prefix": "notes/"}),
        ({"read_only": True}, {"personal": True}, "beyond-its-maker"),
        ({"read_only": True}, {"read_only": True, "personal": True}, ...),
        ({"read_only": True}, ..., {"read_only": True}),
    ],
)
def test_a_restricted_token_makes_tokens_restricted_like_itself(restricted, own, asked, made):
    client = restricted(**own)
    body = {"scopes": ["memories:read"]} | ({} if asked is ... else {"restriction": asked})
    answer = client.post(TOKENS, json=body)
    if isinstance(made, str):
        assert code_of(answer) == (400, made)
        return
    assert answer.status_code == 201, answer.text
    assert answer.json()["restriction"] == WHOLE | (asked if made is ... else made)


def test_a_restricted_token_sees_and_ends_itself_and_what_it_made(mina, restricted):
    client, other = restricted(personal=True), restricted(personal=True)
    child = restricted(client, personal=True)
    grandchild = restricted(child, personal=True, category="notes")
    shown = client.get(TOKENS).json()["tokens"]
    assert len(shown) == 3
    assert len(mina.get(TOKENS).json()["tokens"]) == 5
    (own,) = other.get(TOKENS).json()["tokens"]
    for foreign in (own["id"], Token.objects.filter(user=mina.user).order_by("pk")[0].pk):
        assert client.delete(f"{TOKENS}/{foreign}").status_code == 404
    assert other.get("/accounts/me").status_code == 200
    made_by_it = next(one for one in shown if one["made_by"] == shown[-1]["id"])
    assert client.delete(f"{TOKENS}/{made_by_it['id']}").status_code == 204
    assert [one.get("/accounts/me").status_code for one in (child, grandchild)] == [401, 401]
    assert client.delete(f"{TOKENS}/{shown[-1]['id']}").status_code == 204
    assert client.get("/accounts/me").status_code == 401


def test_a_token_for_some_teams_is_told_of_these_alone(mina, restricted):
    keys = {
        "alpha": restricted(teams=["alpha"]),
        "": restricted(personal=True),
        "alpha beta": restricted(category="notes"),
    }
    for told, client in keys.items():
        me, listed = client.get("/accounts/me").json(), client.get("/accounts/teams").json()
        assert " ".join(one["team_key"] for one in me["teams"]) == told
        assert " ".join(one["team_key"] for one in listed["teams"]) == told
        for key in ("alpha", "beta"):
            status = client.get(f"/accounts/teams/{key}").status_code
            assert status == (200 if key in told else 404)


# Who manages a team may put into it whoever then reads all of it.
MANAGING = [
    ("PATCH", "/accounts/teams/alpha", {"name": "Another"}, 200),
    ("PUT", "/accounts/teams/alpha/members/new@example.com", {"role": "member"}, 200),
    ("DELETE", "/accounts/teams/alpha/members/sora@example.com", None, 204),
    ("DELETE", "/accounts/teams/alpha", None, 204),
]


@pytest.mark.parametrize(
    ("restriction", "status"),
    [
        ({"teams": ["alpha"]}, None),
        ({"personal": True, "teams": ["alpha", "beta"]}, None),
        ({"teams": ["alpha"], "category": "notes"}, 403),
        ({"teams": ["alpha"], "read_only": True}, 403),
        ({"category": "notes"}, 403),
        ({"teams": ["alpha"], "path_prefix": "notes/"}, 403),
        ({"read_only": True}, 403),
        ({"teams": ["beta"]}, 404),
        ({"personal": True}, 404),
    ],
)
def test_a_token_manages_a_team_that_it_is_for_as_a_whole(restricted, restriction, status):
    services.place_member(key="alpha", email="sora@example.com", role="member", by=OPERATOR)
    client = restricted(**restriction)
    before = [*Membership.objects.values_list("team__name", "email", "role")]
    for method, path, body, usual in MANAGING:
        answer = client.request(method, path, **({"json": body} if body else {}))
        assert answer.status_code == (status or usual), (path, answer.text)
        if status == 403:
            assert answer.json()["code"] == "token-restricted"
        # And before anything is said of the body.
        broken = client.request(method, path, content=b"{") if status else answer
        assert broken.status_code == answer.status_code
    if status:
        assert [*Membership.objects.values_list("team__name", "email", "role")] == before


@pytest.mark.parametrize(
    "restriction",
    [{"personal": True}, {"teams": ["alpha"]}, {"category": "notes"}, {"read_only": True}],
)
def test_a_restricted_token_makes_no_team_and_blocks_nobody(mina, restricted, restriction):
    client = restricted(**restriction)
    refused = (403, "token-restricted")
    assert code_of(client.post("/accounts/teams", json={"team_key": "mine"})) == refused
    for method in ("PUT", "DELETE"):
        answer = client.request(method, "/accounts/blocks/jun@example.com")
        assert code_of(answer) == refused
    assert not Team.objects.filter(key="mine").exists()
    assert mina.get("/accounts/blocks").json() == {"blocks": []}


def test_an_invitation_is_accepted_by_a_token_for_that_team_alone(mina, restricted):
    Membership.objects.filter(team__key="beta", email="mina@example.com").update(accepted=False)
    path = "/accounts/teams/beta/accept"
    assert restricted(teams=["alpha"]).post(path).status_code == 404
    assert code_of(restricted(category="notes").post(path)) == (403, "token-restricted")
    assert restricted(teams=["beta"]).post(path).json()["accepted"] is True


def test_the_command_makes_restricted_tokens(capsys):
    arguments = ("--read-only", "--personal", "--team", "alpha", "--team", "beta")
    call_command(
        *("create_token", "mina@example.com", *arguments),
        *("--category", "notes", "--path-prefix", "plans"),
    )
    made = Token.objects.get(only_category="notes")
    assert made.only_below == "plans/"
    teams = Team.objects.filter(key__in=["alpha", "beta"]).values_list("pk", flat=True)
    assert (made.read_only, made.only_personal, made.only_teams) == (True, True, sorted(teams))
    assert "memories:write" not in made.scopes
    count = Token.objects.count()
    for wrong in (
        ("--team", "nowhere"),
        ("--category", ""),
        ("--category", "x" * 65),
        ("--path-prefix", "/"),
    ):
        with pytest.raises(CommandError, match=r"nowhere|category|folder"):
            call_command("create_token", "mina@example.com", *wrong)
    assert Token.objects.count() == count
