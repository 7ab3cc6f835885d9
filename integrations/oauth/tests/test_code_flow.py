"""A client is let in, uses what it was given, renews it, and is shut out again."""

from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.oauth.tests.flow import BACK, HUB, Agent, sent_back
from memory_hub.accounts.models import Token


def test_a_client_is_let_in_and_saves_a_memory(agent, person):
    answer = person.allows(agent.question())
    assert answer.headers["Location"].startswith(f"{BACK}?")
    told = sent_back(answer)
    assert told.keys() == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == (agent.state, HUB)
    token = agent.exchange(told["code"])
    assert token.headers["Cache-Control"] == "no-store"
    given = token.json()
    assert given["token_type"] == "Bearer"
    assert given["expires_in"] == 3600
    assert given["scope"] == "memories:read memories:write"
    assert given["access_token"].startswith("mho_")
    assert given["refresh_token"].startswith("mhr_")
    client = agent.using(given["access_token"])
    assert client.get("/accounts/me").json()["email"] == "mina@example.com"
    client.save("Through a client.")


def test_what_it_is_given_is_a_token_of_the_hub(agent, person, mina):
    agent.let_in(person)
    listed = mina.get("/accounts/tokens").json()["tokens"][0]
    assert listed["name"] == "An agent"
    assert listed["prefix"] == agent.told["access_token"][:9]
    mina.delete(f"/accounts/tokens/{listed['id']}")
    assert agent.using().get("/accounts/me").status_code == 401
    assert agent.refresh(agent.told["refresh_token"]).json() == {"error": "invalid_grant"}


KINDS = {
    "a list": lambda client, n: client.get(f"/superthread/memories?limit={n}"),
    "a search": lambda client, n: client.post("/superthread/search", json={"query": f"key {n}"}),
    "a save": lambda client, n: client.post("/superthread/memories", json={"content": f"No. {n}"}),
    "who one is": lambda client, n: client.get("/accounts/me"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_with_it_costs_no_more_statements_than_with_a_token_of_ones_own(
    agent, person, mina, kind
):
    agent.let_in(person)
    counts = {"own": [], "client's": []}
    for number in range(1, 4):
        for whose, client in (("own", mina), ("client's", agent.using())):
            # Another one each time: an answer that is kept asks nothing at all.
            number_of_its_own = 2 * number + (whose == "own")
            with CaptureQueriesContext(connection) as made:
                assert KINDS[kind](client, number_of_its_own).status_code in (200, 201)
            counts[whose].append(len(made))
    # The first of each notes that the token was used.
    assert counts["own"][1:] == counts["client's"][1:]
    assert min(counts["own"]) > 0


def test_nothing_but_what_was_allowed(agent, person):
    agent.let_in(person, scope="memories:read")
    client = agent.using()
    assert client.get("/superthread/memories").status_code == 200
    refused = client.post("/superthread/memories", json={"content": "No."})
    assert (refused.status_code, refused.json()["scope"]) == (403, "memories:write")
    assert client.get("/accounts/tokens").status_code == 403


def test_a_token_is_renewed_and_the_one_before_is_good_no_more(agent, person):
    first = agent.let_in(person)
    answer = agent.refresh(first["refresh_token"])
    second = answer.json()
    assert answer.status_code == 200
    assert second.keys() == first.keys()
    assert second["scope"] == first["scope"]
    assert agent.using(first["access_token"]).get("/accounts/me").status_code == 401
    assert agent.using(second["access_token"]).get("/accounts/me").status_code == 200
    assert agent.refresh(second["refresh_token"]).status_code == 200
    assert Token.objects.filter(client=agent.client_id).count() == 1


def test_a_client_may_take_less_for_a_while(agent, person):
    first = agent.let_in(person)
    less = agent.refresh(first["refresh_token"], scope="memories:read").json()
    assert less["scope"] == "memories:read"
    assert agent.using(less["access_token"]).get("/accounts/me").json()["scopes"] == [
        "memories:read"
    ]
    more = agent.refresh(less["refresh_token"]).json()
    assert more["scope"] == "memories:read memories:write"
    beyond = agent.refresh(more["refresh_token"], scope="memories:read memories:share")
    assert beyond.json()["error"] == "invalid_scope"


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_client_ends_its_connection_itself(agent, person, kind):
    told = agent.let_in(person)
    assert agent.ask("/oauth/revoke", token=told[kind]).status_code == 200
    assert agent.using().get("/accounts/me").status_code == 401
    assert agent.refresh(told["refresh_token"]).json() == {"error": "invalid_grant"}
    assert agent.ask("/oauth/revoke", token=told[kind]).status_code == 200


def test_no_is_told_to_the_client(agent, person):
    path = agent.question()
    answer = person.send(person.get(path), path, answer="deny")
    assert sent_back(answer) == {
        "error": "access_denied",
        "state": agent.state,
        "iss": HUB,
    }


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_a_client_with_a_secret_shows_it(nobody, person, method):
    back = "https://agent.example.com/back"
    agent = Agent(nobody, back).registered(token_endpoint_auth_method=method)
    told = agent.let_in(person)
    assert agent.refresh(told["refresh_token"], client_secret="mhs_no").status_code == 401
    assert agent.refresh(told["refresh_token"], client_secret=None).status_code == 401
    pair = (agent.client_id, agent.secret)
    basic = nobody.post(
        "/oauth/token",
        data={"grant_type": "refresh_token", "refresh_token": told["refresh_token"]},
        headers={"Authorization": _basic(*pair)},
    )
    assert basic.status_code == 200, basic.text


def _basic(name, secret):
    from base64 import b64encode

    return "Basic " + b64encode(f"{name}:{secret}".encode()).decode()


def test_a_program_on_the_persons_machine_may_listen_on_any_port(agent, person):
    agent.back = "http://127.0.0.1:50123/callback"
    assert agent.let_in(person)["scope"]


def test_a_stranger_logs_in_first(agent, nobody):
    answer = nobody.get(agent.question())
    assert answer.status_code == 302
    assert "next=/oauth/authorize" in answer.headers["Location"].replace("%2F", "/")
    unknown = nobody.get("/oauth/authorize?client_id=https://127.0.0.1/x")
    assert urlsplit(unknown.headers["Location"]).path == urlsplit(answer.headers["Location"]).path
