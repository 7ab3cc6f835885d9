"""Whose memories, with whose Google credential."""

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from google_docs.access.token_encryption import TokenEncryption
from google_docs.models import Connection
from google_docs.tests.conftest import DocsClient
from memory_hub.accounts import services
from memory_hub.accounts.models import Team, User
from memory_hub.accounts.principal import principal_of
from memory_hub.core.identity import OPERATOR
from testing.google import Double
from testing.google.world import Caller

KEY = Fernet.generate_key().decode()
OAUTH = {
    "client_id": "hub",
    "client_secret": "hub-secret",
    "redirect_uri": "http://localhost/google-docs/callback",
    "token_keys": (KEY,),
}
DRIVE_FILE = "https://www.googleapis.com/auth/drive.file"


def connected(double: Double, account: str, **holder) -> Connection:
    """A stored consent of a Google account for this user or team."""
    double.oauth.clients["hub"] = "hub-secret"
    token = f"1//refresh-of-{account}"
    person = double.world.account(account)
    double.world.refresh_tokens[token] = Caller(person, "hub", frozenset([DRIVE_FILE]))
    return Connection.objects.create(
        account=account,
        permission_id=person.permission_id,
        scopes=[DRIVE_FILE],
        locked_token=TokenEncryption([KEY]).lock(token),
        connected_at=timezone.now(),
        **holder,
    )


@pytest.fixture
def people(double, configure, api):
    """Clients by name; team alpha: ada is its admin, ed a member."""
    configure(root=double.root, **OAUTH)
    clients = {n: DocsClient(api(f"{n}@example.com")) for n in ("ada", "ed", "eve", "mina")}
    team = Team.objects.create(key="alpha", default_role="viewer")
    for name, role in (("ada", "admin"), ("ed", "member"), ("mina", "member")):
        services.place_member(key="alpha", email=f"{name}@example.com", role=role, by=OPERATOR)
    connected(double, "alpha@gmail.example", team=team)
    for name in ("mina", "eve"):
        connected(double, f"{name}@gmail.example", user=clients[name].client.user)
    return clients


def _owners(double: Double) -> set[str]:
    return {file.owner for file in double.world.files.values() if file.document}


def test_a_users_memories_lie_in_their_own_account_and_a_teams_in_the_teams(people, double):
    people["mina"].save("mine")
    assert _owners(double) == {"mina@gmail.example"}
    people["mina"].save("ours", scope="team", team_key="alpha")
    assert _owners(double) == {"mina@gmail.example", "alpha@gmail.example"}


def test_a_teams_memory_says_whose_it_is_and_is_listed_by_its_team(people):
    ada, doc_id = (
        people["ada"],
        people["mina"].save("ours", scope="team", team_key="alpha")["doc_id"],
    )
    people["mina"].save("mine")
    read = ada.read(doc_id)
    assert (read["scope"], read["team_key"], read["owner"]) == ("team", "alpha", "mina@example.com")
    for narrowed in ({"scope": "all"}, {"scope": "team"}, {"scope": "team", "team_key": "alpha"}):
        (listed,) = ada.get("memories", params=narrowed).json()["memories"]
        assert (listed["doc_id"], listed["team_key"]) == (doc_id, "alpha")
    (own,) = people["mina"].get("memories", params={"scope": "personal"}).json()["memories"]
    assert own["team_key"] is None


def test_a_list_of_one_team_shows_nothing_of_another(people, double):
    beta = Team.objects.create(key="beta", default_role="viewer")
    services.place_member(key="beta", email="mina@example.com", role="member", by=OPERATOR)
    connected(double, "beta@gmail.example", team=beta)
    mina = people["mina"]
    for key in ("alpha", "beta"):
        mina.save(f"the harbour of {key}", scope="team", team_key=key)
    one = {"scope": "team", "team_key": "beta"}
    listed = mina.get("memories", params=one).json()["memories"]
    found = mina.post("search", json={"query": "harbour", **one}).json()["results"]
    assert [[memory["team_key"] for memory in told] for told in (listed, found)] == [["beta"]] * 2


def test_statistics_count_who_has_saved_anything(people):
    for name in ("mina", "ada"):
        people[name].save("ours", scope="team", team_key="alpha")
    assert people["mina"].get("stats").json()["members"] == 2


def test_a_personal_memory_is_nobody_elses(people):
    doc_id = people["mina"].save("mine")["doc_id"]
    for name in ("ada", "ed", "eve"):
        assert people[name].get(f"memories/{doc_id}").status_code == 404
        assert people[name].patch(f"memories/{doc_id}", json={"content": "x"}).status_code == 404
        assert people[name].delete(f"memories/{doc_id}").status_code == 404
        assert people[name].get("memories", params={"scope": "all"}).json()["memories"] == []
        found = people[name].post("search", json={"query": "mine"}).json()
        assert found["results"] == []


@pytest.mark.parametrize(
    ("who", "default", "statuses"),
    [  # read, edit, administer, own
        ("eve", "editor", [404, 404, 404, 404]),
        ("ed", "viewer", [200, 403, 403, 403]),
        ("ed", "editor", [200, 200, 403, 403]),
        ("ada", "viewer", [200, 200, 200, 403]),
        ("mina", "viewer", [200, 200, 200, 204]),
    ],
)
def test_the_matrix_of_a_team_memory(people, who, default, statuses):
    Team.objects.filter(key="alpha").update(default_role=default)
    path = people["mina"].save("ours", scope="team", team_key="alpha")["doc_id"]
    them = people[who]
    answers = [
        them.get(f"memories/{path}"),
        them.patch(f"memories/{path}", json={"category": "x"}),
        them.get(f"permissions/{path}"),
        them.delete(f"memories/{path}", params={"permanent": "true"}),
    ]
    assert [answer.status_code for answer in answers] == statuses


def test_whoever_leaves_a_team_reads_its_memories_no_more(people):
    services.place_member(key="alpha", email="eve@example.com", role="member", by=OPERATOR)
    doc_id = people["mina"].save("ours", scope="team", team_key="alpha")["doc_id"]
    assert people["eve"].get(f"memories/{doc_id}").status_code == 200
    Team.objects.get(key="alpha").memberships.filter(email="eve@example.com").delete()
    assert people["eve"].get(f"memories/{doc_id}").status_code == 404


def test_a_team_that_one_is_only_invited_to_is_in_no_list_until_accepted(people):
    """Or anybody could put texts before somebody else's agent."""
    eve = people["eve"]
    inviting = principal_of(people["ada"].client.user, "command")
    services.set_member(key="alpha", email="eve@example.com", role="member", by=inviting)
    doc_id = people["mina"].save("planted", scope="team", team_key="alpha")["doc_id"]

    def shown():
        listed = [eve.get("memories", params={"scope": one}) for one in ("all", "team")]
        found = eve.post("search", json={"query": "planted", "scope": "all"}).json()["results"]
        stats = eve.get("stats").json()
        pages = [[one["doc_id"] for one in page.json()["memories"]] for page in listed]
        told = (stats["total_documents"], stats["teams"])
        return [*pages, [one["doc_id"] for one in found]], told

    assert shown() == ([[], [], []], (0, 0))
    assert eve.get(f"memories/{doc_id}").status_code == 200
    assert eve.client.post("/accounts/teams/alpha/accept").status_code in {200, 204}
    assert shown() == ([[doc_id]] * 3, (1, 1))


def test_a_superuser_passes_no_more_than_others(people, api):
    doc_id = people["mina"].save("mine")["doc_id"]
    root = api("root@example.com", is_superuser=True, is_staff=True)
    assert root.get(f"/google-docs/memories/{doc_id}").status_code in {404, 503}


def test_who_connected_nothing_is_told_so(people):
    answer = people["ed"].post("memories", json={"content": "mine"})
    assert (answer.status_code, answer.json()["code"]) == (503, "google-account-not-connected")
    assert answer.json()["authorize_url"] == "/google-docs/connect"
    assert people["ed"].get("memories").status_code == 503


def test_a_credential_of_one_user_serves_no_other(people, double):
    """Every call of each user carried that user's or their team's token."""
    people["mina"].save("mine")
    people["eve"].save("hers")
    assert {f.name: f.owner for f in double.world.files.values() if f.document} == {
        "mine": "mina@gmail.example",
        "hers": "eve@gmail.example",
    }


def test_one_ended_consent_leaves_the_others_working(people, double):
    mine = people["mina"].save("mine")["doc_id"]
    ours = people["mina"].save("ours", scope="team", team_key="alpha")["doc_id"]
    double.world.refresh_tokens.pop("1//refresh-of-mina@gmail.example")
    double.world.access_tokens.clear()
    assert people["mina"].get(f"memories/{ours}").status_code == 200
    refused = people["mina"].get(f"memories/{mine}")
    assert (refused.status_code, refused.json()["code"]) == (503, "reauthorization-required")
    state = Connection.objects.get(user=people["mina"].client.user).state
    assert "Refused by Google" in state


def test_a_file_shared_in_google_is_read_with_ones_own_credential(people, double):
    doc_id = people["mina"].save("for eve")["doc_id"]
    people["mina"].post(
        f"permissions/{doc_id}", json={"permissions": {"eve@gmail.example": "viewer"}}
    )
    # With the scope drive.file Google shows a file only to whom opened it with this app.
    assert people["eve"].get(f"memories/{doc_id}").status_code == 404
    double.world.files[doc_id].opened.add(("hub", "eve@gmail.example"))
    # In a folder of somebody's it is none that was shared by itself.
    assert people["eve"].get(f"memories/{doc_id}").status_code == 404
    # A folder that eve cannot see is not shown to her.
    double.world.files[doc_id].parents = []
    assert people["eve"].read(doc_id)["role"] == "viewer"
    assert people["eve"].patch(f"memories/{doc_id}", json={"content": "x"}).status_code == 403


def test_ones_own_file_of_another_hub_is_no_memory_here(people, double):
    doc_id = people["mina"].save("of the hub before")["doc_id"]
    file = double.world.files[doc_id]
    file.properties["hub"]["space"] = "u987654"
    file.parents = []
    assert people["mina"].get(f"memories/{doc_id}").status_code == 404


class TestOneAccountForEverybody:
    """A service account or the like: Google cannot tell people apart, so the hub must."""

    @pytest.fixture
    def pair(self, double, configure, api):
        configure(root=double.root)
        return DocsClient(api("mina@example.com")), DocsClient(api("eve@example.com"))

    def test_people_do_not_see_each_others(self, pair):
        mina, eve = pair
        doc_id = mina.save("mine")["doc_id"]
        assert eve.get(f"memories/{doc_id}").status_code == 404
        assert eve.get("memories").json()["memories"] == []
        eve.save("hers")
        assert [m["title"] for m in eve.get("memories").json()["memories"]] == ["hers"]

    @pytest.mark.parametrize(
        ("role", "statuses"),
        [("viewer", [200, 403, 403]), ("editor", [200, 200, 403]), ("admin", [200, 200, 200])],
    )
    def test_a_grant_opens_a_memory(self, pair, role, statuses):
        mina, eve = pair
        doc_id = mina.save("for eve")["doc_id"]
        mina.post(f"permissions/{doc_id}", json={"permissions": {"eve@example.com": role}})
        answers = [
            eve.get(f"memories/{doc_id}"),
            eve.patch(f"memories/{doc_id}", json={"category": "x"}),
            eve.get(f"permissions/{doc_id}"),
        ]
        assert [answer.status_code for answer in answers] == statuses
        mina.post(f"permissions/{doc_id}", json={"permissions": {"eve@example.com": None}})
        assert eve.get(f"memories/{doc_id}").status_code == 404

    def test_a_grant_opens_nothing_to_an_address_that_nobody_has_proven(self, pair):
        mina, eve = pair
        doc_id = mina.save("for eve")["doc_id"]
        mina.post(f"permissions/{doc_id}", json={"permissions": {"eve@example.com": "viewer"}})
        users = User.objects.filter(email="eve@example.com")
        for vouched_by, status in (("mina@example.com", 404), ("", 200)):
            users.update(vouched_by=vouched_by)
            assert eve.get(f"memories/{doc_id}").status_code == status

    @pytest.mark.parametrize("odd", [{"type": "group"}, {"deleted": True}])
    def test_what_is_no_grant_to_a_person_opens_nothing(self, pair, double, odd):
        mina, eve = pair
        doc_id = mina.save("for eve")["doc_id"]
        mina.post(f"permissions/{doc_id}", json={"permissions": {"eve@example.com": "viewer"}})
        grants = double.world.files[doc_id].permissions.values()
        next(one for one in grants if one["emailAddress"] == "eve@example.com").update(odd)
        assert eve.get(f"memories/{doc_id}").status_code == 404
