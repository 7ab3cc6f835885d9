"""What those try who want what a person has not given them."""

from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.oauth.models import Code
from integrations.oauth.tests.flow import BACK, GRANT, HUB, Agent, Person, sent_back
from memory_hub.accounts.models import Token


@pytest.fixture
def thief(nobody):
    """Another client, that registered as anybody may."""
    return Agent(nobody).registered(client_name="Thief")


def test_a_stolen_code_is_worth_nothing_to_another_client(agent, person, thief):
    code = sent_back(person.allows(agent.question()))["code"]
    assert thief.exchange(code, code_verifier=agent.verifier).json() == GRANT
    thief.client_id = agent.client_id
    assert thief.exchange(code).json() == GRANT
    assert thief.exchange(code, code_verifier=None).json()["error"] == "invalid_request"
    assert agent.exchange(code).status_code == 200


@pytest.mark.parametrize("back", ["http://127.0.0.1:1/callback", "https://evil.example.com/", None])
def test_a_code_is_exchanged_by_who_it_was_sent_to(agent, person, back):
    code = sent_back(person.allows(agent.question()))["code"]
    agent.back, right = back, agent.back
    refused = agent.exchange(code)
    agent.back = right
    assert refused.status_code == (400 if back else 200), refused.text


def test_a_code_that_comes_again_ends_what_it_was_exchanged_for(agent, person):
    code = sent_back(person.allows(agent.question()))["code"]
    told = agent.exchange(code).json()
    assert agent.using(told["access_token"]).get("/accounts/me").status_code == 200
    assert agent.exchange(code).json() == GRANT
    assert agent.using(told["access_token"]).get("/accounts/me").status_code == 401
    assert agent.refresh(told["refresh_token"]).json() == GRANT


def test_a_code_is_good_for_a_minute(agent, person):
    code = sent_back(person.allows(agent.question()))["code"]
    kept = Code.objects.get()
    Code.objects.update(expires_at=kept.expires_at.replace(year=2020))
    assert agent.exchange(code).json() == GRANT


def test_codes_and_what_renews_are_stored_as_digests_alone(agent, person):
    code = sent_back(person.allows(agent.question()))["code"]
    told = agent.exchange(code).json()
    stored = "".join(
        str(row)
        for model in (Code, Token, *[one.related_model for one in Token._meta.related_objects])
        for row in model.objects.values_list()
    )
    secrets = (code, told["access_token"], told["refresh_token"].partition(".")[0])
    assert not any(one in stored for one in secrets)


def test_what_renewed_a_token_and_comes_again_ends_the_connection(agent, person):
    first = agent.let_in(person)
    second = agent.refresh(first["refresh_token"]).json()
    assert agent.refresh(first["refresh_token"]).json() == GRANT
    assert agent.using(second["access_token"]).get("/accounts/me").status_code == 401
    assert agent.refresh(second["refresh_token"]).json() == GRANT


def test_what_renews_a_token_is_worth_nothing_to_another_client(agent, person, thief):
    told = agent.let_in(person)
    assert thief.refresh(told["refresh_token"]).json() == GRANT
    assert thief.ask("/oauth/revoke", token=told["access_token"]).status_code == 200
    assert thief.ask("/oauth/revoke", token=told["refresh_token"]).status_code == 200
    assert agent.refresh(told["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    "renewal", ["mhr_" + "a" * 36, "nothing", "", "mhr_\0.\0", "x" * 5000, "mhr_.{name}"]
)
def test_what_renews_nothing_is_refused_and_ends_nothing(agent, person, renewal):
    told = agent.let_in(person)
    name = told["refresh_token"].partition(".")[2]
    answer = agent.refresh(renewal.replace("{name}", name))
    assert (answer.status_code, answer.json()["error"]) in {
        (400, "invalid_grant"),
        (400, "invalid_request"),
    }
    assert agent.using().get("/accounts/me").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
        {"code_challenge": "ü" * 43},
    ],
)
def test_no_code_without_a_challenge_that_hides_its_verifier(agent, person, changes):
    answer = sent_back(person.get(agent.question(**changes)))
    assert (answer["error"], answer["iss"]) == ("invalid_request", HUB)
    assert answer["state"] == agent.state


@pytest.mark.parametrize(
    "resource",
    [
        "https://evil.example.com",
        f"{HUB}.evil.example.com",
        f"{HUB}@evil.example.com",
        f"{HUB}/superthread",
        f"{HUB}:8443",
        "http://hub.example.com",
        f"{HUB}/#fragment",
        f"{HUB}?query",
        "hub.example.com",
        [HUB, "https://evil.example.com"],
    ],
)
def test_no_token_for_a_resource_that_is_not_the_hubs(agent, person, resource):
    answer = sent_back(person.get(agent.question(resource=resource)))
    assert (answer["error"], answer["iss"]) == ("invalid_target", HUB)
    code = sent_back(person.allows(agent.question()))["code"]
    assert agent.exchange(code, resource=resource).json()["error"] == "invalid_target"


@pytest.mark.parametrize("resource", [HUB, f"{HUB}/", f"{HUB}:443/", None, ""])
def test_the_hub_is_meant_however_its_address_is_written(agent, person, resource):
    told = agent.let_in(person, resource=resource)
    assert Token.objects.get(client=agent.client_id).resource == HUB
    assert agent.refresh(told["refresh_token"], resource=resource).status_code == 200


def test_a_token_for_another_address_is_refused(agent, person, settings):
    agent.let_in(person)
    settings.HUB_PUBLIC_URL = "https://other.example.com"
    assert agent.using().get("/accounts/me").status_code == 401
    settings.HUB_PUBLIC_URL = HUB
    Token.objects.filter(client=agent.client_id).update(resource=f"{HUB}/superthread")
    assert agent.using().get("/superthread/memories").status_code == 200
    assert agent.using().get("/accounts/me").status_code == 401
    Token.objects.filter(client=agent.client_id).update(resource=f"{HUB}/super")
    assert agent.using().get("/superthread/memories").status_code == 401


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example.com/callback",
        "http://127.0.0.1:33418/other",
        "http://127.0.0.1:33418/callback?more=1",
        "http://127.0.0.1:33418/callback?",
        "http://127.0.0.1:33418/callback#part",
        "http://127.0.0.1:33418/callback/../evil",
        "http://127.0.0.1.evil.example.com/callback",
        "http://user@127.0.0.1:33418/callback",
        "http://localhost:33418/callback",
        "https://127.0.0.1:33418/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:x/callback",
        "javascript:alert(1)",
        "/oauth/authorize",
        "http://127.0.0.1:33418/callback\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_no_browser_is_sent_where_the_client_has_not_said(agent, person, back):
    answer = person.get(agent.question(redirect_uri=back))
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")


def test_an_unknown_client_is_told_to_the_person_alone(agent, person):
    for client_id in ("nobody", "", "\0", "x" * 300, None):
        answer = person.get(agent.question(client_id=client_id))
        assert (answer.status_code, answer.headers.get("Location")) == (400, None)


@pytest.mark.parametrize(
    "scope",
    ["accounts:manage", "memories:read monitoring:read", "monitoring:write", "nothing here"],
)
def test_what_is_nobodys_to_delegate_is_not_asked(agent, person, scope):
    answer = sent_back(person.get(agent.question(scope=scope)))
    assert (answer["error"], answer["iss"]) == ("invalid_scope", HUB)


def test_what_clients_ask_of_every_server_is_left_out(agent, person):
    told = agent.let_in(person, scope="openid memories:read offline_access")
    assert told["scope"] == "memories:read"


@pytest.mark.parametrize("response_type", ["token", "code token", "none", "id_token", None])
def test_nothing_but_codes_is_given_in_a_redirect(agent, person, response_type):
    answer = person.get(agent.question(response_type=response_type))
    assert "error" in sent_back(answer)


def test_codes_stay_out_of_fragments(agent, person):
    answer = person.allows(agent.question(response_mode="fragment"))
    assert "code" in sent_back(answer)
    assert urlsplit(answer.headers["Location"]).fragment == ""


@pytest.mark.parametrize("grant", ["password", "client_credentials", "implicit", "", None])
def test_there_are_two_grants(agent, grant):
    answer = agent.ask(grant_type=grant, username="mina@example.com", password="x", code="x")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_a_token_does_not_travel_in_an_address(agent, person):
    token = agent.let_in(person)["access_token"]
    assert agent.way_in.get(f"/accounts/me?access_token={token}").status_code == 401


def test_the_question_is_asked_every_time(agent, person):
    agent.let_in(person)
    answer = person.get(agent.question())
    assert answer.status_code == 200
    assert "An agent" in answer.text


def test_an_answer_without_the_sessions_own_token_counts_for_nothing(agent, person):
    path = agent.question()
    page = person.get(path)
    hidden = page.text.split('name="made_for" value="')[1].split('"')[0]
    forged = person.post(path, {"made_for": hidden, "answer": "allow", "scope": "memories:read"})
    assert forged.status_code == 403
    assert not Code.objects.exists()


def test_an_answer_counts_for_whom_and_for_what_it_was_asked(agent, person, api):
    path, other = agent.question(), Person(api("jun@example.com"))
    page = person.get(path)
    fields = {"answer": "allow", "memories": "personal", "scope": "memories:read"}
    assert other.send(page, path, **fields).status_code == 400
    assert person.send(page, agent.question(state="other"), **fields).status_code == 400
    assert not Code.objects.exists()
    assert person.send(page, path, **fields).status_code == 303


@pytest.mark.parametrize(
    "fields",
    [
        {"scope": []},
        {"scope": "memories:share"},
        {"scope": "accounts:manage"},
        {"memories": "other"},
        {"memories": None},
        {"memories": "teams"},
        {"memories": "teams", "team": "1"},
    ],
)
def test_nothing_is_allowed_that_was_not_offered(agent, person, fields):
    path = agent.question()
    form = {"answer": "allow", "memories": "personal", "scope": "memories:read", **fields}
    given = {name: value for name, value in form.items() if value is not None}
    assert person.send(person.get(path), path, **given).status_code == 400
    assert not Code.objects.exists()


def test_nobody_frames_the_question(agent, person):
    page = person.get(agent.question())
    assert page.headers["X-Frame-Options"] == "DENY"
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:33418;" in policy
    assert "script-src 'self'" in policy
    assert "no-store" in page.headers["Cache-Control"]


def test_what_a_client_calls_itself_is_text(nobody, person):
    agent = Agent(nobody).registered(client_name="<script>alert(1)</script>\n\u202ereversed")
    page = person.get(agent.question())
    assert "<script>" not in page.text
    assert "\u202e" not in page.text


def test_parameters_that_come_twice_are_refused(agent, person):
    assert person.get(f"{agent.question()}&redirect_uri={BACK}").status_code == 400
    code = sent_back(person.allows(agent.question()))["code"]
    assert agent.exchange(code, redirect_uri=[BACK, BACK]).json()["error"] == "invalid_request"
    assert agent.ask("/oauth/token?code=x", code=code).status_code == 400


def test_the_answer_of_another_server_is_told_apart(agent, person):
    """A client of several servers sees by ``iss`` whose code it has (RFC 9207)."""
    answer = person.allows(agent.question(state="iss=https://evil.example.com"))
    told = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert told["iss"] == [HUB]
