"""What people let clients do, more of it later, and less of it again; in two languages."""

import re
from gettext import GNUTranslations
from html import escape
from pathlib import Path

import pytest

from integrations.oauth.tests.flow import HUB, Agent, Person, sent_back
from memory_hub.accounts.models import Token

KOREAN = {"Accept-Language": "ko"}
CATALOGUE = Path(__file__).resolve().parents[1] / "locale" / "ko" / "LC_MESSAGES"
LABEL = re.compile(r'<label><input[^>]*name="scope" value="([^"]+)"(.*?)</label>', re.DOTALL)
SHARING = "memories:read memories:write memories:share"


def offered(page):
    """The scopes on a page, and those marked as new."""
    labels = LABEL.findall(page.text)
    return [name for name, _ in labels], [name for name, rest in labels if "<strong>" in rest]


def test_at_first_a_client_is_offered_no_more_than_a_start(agent, person):
    page = person.get(agent.question(scope=f"{SHARING} memories:publish docs:read"))
    assert offered(page) == (["memories:read", "memories:write"], [])
    told = agent.let_in(person, scope=SHARING)
    assert told["scope"] == "memories:read memories:write"


def test_a_client_that_asks_for_nothing_of_a_start_is_refused(agent, person):
    assert sent_back(person.get(agent.question(scope="memories:share")))["error"] == "invalid_scope"


def test_a_client_that_finds_that_it_needs_more_asks_for_it_and_is_let(agent, person):
    agent.let_in(person)
    memory = agent.using().save("To be shared.")
    path = f"/superthread/permissions/{memory['doc_id']}"
    body = {"permissions": {"jun@example.com": "viewer"}}
    refused = agent.using().post(path, json=body)
    challenge = refused.headers["WWW-Authenticate"]
    assert refused.status_code == 403
    assert 'error="insufficient_scope", scope="memories:share"' in challenge
    page = person.get(agent.question(scope=SHARING))
    assert offered(page) == (SHARING.split(), ["memories:share"])
    told = agent.let_in(person, scope=SHARING)
    assert told["scope"] == SHARING
    assert agent.using().post(path, json=body).status_code == 200


FURTHER = "memories:read docs:read docs:write audit:read webhooks:manage memories:share"


@pytest.mark.parametrize("memories", ["personal", "teams"])
def test_a_client_for_some_memories_is_not_offered_what_would_refuse_it(
    agent, person, mina, memories
):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    team = re.search(r'name="team" value="(\d+)"', person.get(agent.question()).text)[1]
    agent.let_in(person, memories=memories, team=team)
    page = person.get(agent.question(scope=FURTHER))
    assert offered(page)[0] == ["memories:read", "memories:share"]
    answer = sent_back(person.get(agent.question(scope="docs:read")))
    assert answer["error"] == "invalid_scope"
    # Once it is let in to everything, it is.
    agent.let_in(person)
    page = person.get(agent.question(scope=FURTHER))
    assert set(offered(page)[0]) == set(FURTHER.split())


def test_nor_is_it_given_that_with_fewer_memories(agent, person):
    agent.let_in(person)
    told = agent.let_in(person, scope=FURTHER, memories="personal")
    assert told["scope"] == "memories:read memories:share"
    path = agent.question(scope=FURTHER)
    form = {"answer": "allow", "memories": "personal", "scope": ["docs:read", "docs:write"]}
    assert person.send(person.get(path), path, **form).status_code == 400


def test_what_one_person_lets_a_client_do_is_offered_to_no_other(agent, person, api):
    agent.let_in(person)
    other = Person(api("jun@example.com"))
    assert offered(other.get(agent.question(scope=SHARING)))[0] == SHARING.split()[:2]


def test_a_person_lets_it_do_less_than_it_asks(agent, person):
    told = agent.let_in(person, memories="personal")
    assert told["scope"] == "memories:read memories:write"
    answer = person.allows(agent.question(), scope="memories:read")
    assert agent.exchange(sent_back(answer)["code"]).json()["scope"] == "memories:read"


def test_a_client_is_let_in_to_personal_memories_unless_told(agent, person, mina):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    mina.save("Mine.")
    mina.save("Ours.", scope="team", team_key="alpha")
    page = person.get(agent.question()).text
    assert re.search(r'value="personal" checked', page)
    agent.let_in(person, memories="personal")
    listed = agent.using().get("/superthread/memories?scope=all").json()["memories"]
    assert [one["content"] for one in listed] == ["Mine."]
    team = re.search(r'name="team" value="(\d+)"', page)[1]
    agent.let_in(person, memories="teams", team=team)
    listed = agent.using().get("/superthread/memories?scope=all").json()["memories"]
    assert {one["content"] for one in listed} == {"Mine.", "Ours."}
    again = person.get(agent.question()).text
    assert re.search(r'value="teams" checked', again)
    assert re.search(rf'value="{team}" checked', again)


def test_nobody_names_a_team_that_is_not_theirs(agent, person, api):
    jun = api("jun@example.com")
    jun.post("/accounts/teams", json={"team_key": "beta"})
    theirs = Person(jun)
    team = re.search(r'name="team" value="(\d+)"', theirs.get(agent.question()).text)[1]
    path = agent.question()
    form = {"answer": "allow", "scope": "memories:read", "memories": "teams", "team": team}
    assert person.send(person.get(path), path, **form).status_code == 400


def test_connected_clients_are_listed_and_shut_out(agent, person, nobody):
    assert "no client" in person.get("/oauth/clients").text
    told = agent.let_in(person)
    other = Agent(nobody).registered(client_name="Another agent")
    other.let_in(person, memories="personal", scope="memories:read")
    agent.using().get("/accounts/me")
    page = person.get("/oauth/clients")
    assert page.text.index("Another agent") < page.text.index("An agent")
    assert "save, change and delete memories" in page.text
    narrow = Token.objects.get(client=other.client_id).restriction
    assert escape(narrow.words("en", {})) in page.text
    assert Token.objects.get(client=agent.client_id).last_used_at.strftime("%Y-%m-%d") in page.text
    numbers = re.findall(r'name="end" value="(\d+)"', page.text)
    assert person.send(page, "/oauth/clients", end=numbers[1]).status_code == 302
    assert agent.using().get("/accounts/me").status_code == 401
    assert agent.refresh(told["refresh_token"]).json() == {"error": "invalid_grant"}
    assert other.using().get("/accounts/me").status_code == 200
    left = person.get("/oauth/clients").text
    assert re.findall(r'name="end" value="(\d+)"', left) == numbers[:1]


def test_nobody_shuts_out_the_clients_of_others(agent, person, api):
    agent.let_in(person)
    number = re.search(r'name="end" value="(\d+)"', person.get("/oauth/clients").text)[1]
    other = Person(api("jun@example.com"))
    page = other.get("/oauth/authorize")
    mine = other.get(agent.question())
    assert page.status_code == 400
    for end in (number, "0", "x", "", "9" * 30):
        assert other.send(mine, "/oauth/clients", end=end).status_code == 404
    assert person.post("/oauth/clients", {"end": number}).status_code == 403
    assert agent.using().get("/accounts/me").status_code == 200


def test_the_list_is_for_who_is_logged_in(nobody):
    assert nobody.get("/oauth/clients").status_code == 302


@pytest.mark.parametrize("path", ["question", "/oauth/clients", "/oauth/authorize"])
def test_pages_speak_korean(agent, person, path):
    agent.let_in(person)
    page = person.get(agent.question() if path == "question" else path, headers=KOREAN)
    assert '<html lang="ko">' in page.text
    main = "<main" + page.text.partition("<main")[2].partition("</main>")[0]
    words = re.sub(r"<[^>]+>|\(.*?\)", " ", main)
    allowed = {"An", "agent", "mina", "example", "com", "alpha"}
    assert set(re.findall(r"[A-Za-z]{2,}", words)) <= allowed, words
    assert re.search(r"[가-힣]{2,}", words)


def test_the_catalogue_is_compiled_from_what_is_written():
    written = (CATALOGUE / "django.po").read_text()
    pairs = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', written, re.MULTILINE))
    with (CATALOGUE / "django.mo").open("rb") as compiled:
        catalogue = GNUTranslations(compiled)
    assert pairs
    assert {text: catalogue.gettext(text) for text in pairs} == pairs


def test_every_text_of_the_pages_is_in_the_catalogue():
    folder = CATALOGUE.parents[2]
    written = (CATALOGUE / "django.po").read_text()
    said = set()
    for path in folder.rglob("*.html"):
        text = path.read_text()
        said |= set(re.findall(r'{% translate "([^"]+)" %}', text))
        blocks = re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text)
        said |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", block) for block in blocks}
    for path in folder.rglob("*.py"):
        said |= set(re.findall(r'\b_\(\s*"([^"]+)"', path.read_text()))
    assert len(said) > 20
    assert [text for text in said if f'msgid "{text}"' not in written] == []


def test_the_issuer_is_one_spelling_everywhere(agent, person, nobody):
    told = nobody.get("/.well-known/oauth-authorization-server").json()
    answer = sent_back(person.allows(agent.question()))
    assert told["issuer"] == answer["iss"] == HUB
