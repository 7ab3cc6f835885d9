"""An app is one folder: what `testing/sample_app` declares is there, in a hub that knows nothing of
it but its name in HUB_APPS."""

import contextlib
import json
import re
from collections.abc import Iterator

import httpx
import pytest

from testing.servers.hub import HubServer

MINE = "/notes/mine"
RENAMED = """
from testing.sample_app.models import Note

Note.objects.filter(text="second").update(text="third")
"""
FORM = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory) -> Iterator[HubServer]:
    made = nursery.hub(
        tmp_path_factory.mktemp("sample"),
        workers=1,
        HUB_APPS="testing.sample_app",
        HUB_FLUSH_SECONDS="0.2",
        HUB_RATE_LIMIT="60000/day",
    )
    # The database is a copy of one without the app.
    made.migrated = False
    with made:
        yield made


# One command for all: each starts a Python that imports the whole hub.
PEOPLE = """
import json
from memory_hub.core.identity import OPERATOR
from memory_hub.accounts import scopes, services
from memory_hub.accounts.models import User

root = User.objects.create_superuser(email="root@example.com", password="a long pass phrase 1")
print(json.dumps({
    name: services.create_token(user_id=user.pk, scopes=names, by=OPERATOR)[1]
    for name, user, names in (
        ("root", root, scopes.every_scope()),
        ("mina", services.ensure_user("mina@example.com", by=OPERATOR), scopes.personal_scopes()),
        ("kim", services.ensure_user("kim@example.com", by=OPERATOR), scopes.personal_scopes()),
        ("reader", services.ensure_user("jun@example.com", by=OPERATOR), ["notes:read"]),
        ("stranger", services.ensure_user("jun@example.com", by=OPERATOR), ["memories:read"]),
    )
}))
"""


@pytest.fixture(scope="module")
def people(hub) -> Iterator[dict[str, httpx.Client]]:
    """Clients: of the operator, of two users with all that users may, and of one with two tokens
    of one scope each."""
    tokens = json.loads(hub.manage("shell", "--verbosity", "0", "-c", PEOPLE))
    with contextlib.ExitStack() as stack:
        yield {
            name: stack.enter_context(
                httpx.Client(
                    base_url=hub.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
                )
            )
            for name, token in tokens.items()
        }


@pytest.fixture
def mina(people) -> httpx.Client:
    return people["mina"]


def left(answer: httpx.Response) -> int:
    return int(answer.headers["ratelimit-remaining"])


def texts(answer: httpx.Response) -> list[str]:
    return [note["text"] for note in answer.json()["notes"]]


def hits(root: httpx.Client) -> float:
    """Answers of the app's list from the cache, as far as the worker has told."""
    route = rf'response_cache_hits_total{{http_route="{MINE}".*"200"}} (\d+)'
    found = re.search(route, root.get("/monitoring/metrics").text)
    return float(found[1]) if found else 0


def test_its_routes_answer_and_want_their_scopes(hub, people, mina):
    written = mina.post(MINE, json={"text": "water the plants"})
    assert written.status_code == 201
    assert mina.get(f"{MINE}/{written.json()['number']}").json() == written.json()
    assert texts(mina.get(MINE)) == ["water the plants"]
    assert texts(people["reader"].get(MINE)) == []
    refused = people["reader"].post(MINE, json={"text": "no"})
    assert (refused.status_code, refused.json()["scope"]) == (403, "notes:write")
    assert people["stranger"].get(MINE).json()["scope"] == "notes:read"
    assert httpx.get(hub.url + MINE).status_code == 401


def test_what_is_no_route_of_it_is_a_problem_below_its_prefix_and_its_page_is_a_page(hub, mina):
    missing = mina.get("/notes/nowhere")
    assert missing.headers["content-type"] == "application/problem+json"
    page = httpx.get(f"{hub.url}/notes/about")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_its_routes_cost_their_points_kept_or_not(mina):
    number = mina.post(MINE, json={"text": "count"}).json()["number"]
    before = left(mina.get("/accounts/me"))
    costs = []
    for path in (MINE, MINE, f"{MINE}/{number}", "/accounts/me"):
        after = left(mina.get(path))
        costs.append(before - after)
        before = after
    assert costs == [7, 7, 2, 1]


def test_its_bodies_have_their_own_limit(mina):
    assert mina.post(MINE, json={"text": "x" * 1900}).status_code == 201
    refused = mina.post(MINE, json={"text": "x" * 2100})
    assert (refused.status_code, refused.json()["code"]) == (413, "too-large")
    assert "2048" in refused.json()["detail"]


@pytest.mark.drill
def test_its_answers_are_kept_until_its_table_is_written(hub, people):
    kim = people["kim"]
    kim.post(MINE, json={"text": "first"})
    # The flush of what was counted is not waited for, but brought about by asking on.
    asked = 0
    while not hits(people["root"]) and asked < 1000:
        asked += 1
        assert texts(kim.get(MINE)) == ["first"]
    assert hits(people["root"]) > 0
    # A write that tells what it changed, then one by a command, which tells nothing.
    kim.post(MINE, json={"text": "second"})
    assert texts(kim.get(MINE)) == ["first", "second"]
    hub.manage("shell", "-c", RENAMED)
    assert texts(kim.get(MINE)) == ["first", "third"]


def test_it_hears_what_happens_to_memories_and_its_job_is_run(hub, people):
    root = people["root"]
    for category in ("noted", "general"):
        body = {"content": "Jun has the key.", "category": category}
        assert root.post("/superthread/memories", json=body).status_code == 201
    assert texts(root.get(MINE)) == ["You saved a memory."]
    told = hub.manage("jobs", "run", "count_notes")
    assert re.fullmatch(r"count_notes: [1-9]\d*\.", told)


def test_metrics_prices_and_the_document_have_what_it_brings(people, mina):
    mina.post(MINE, json={"text": "one at least"})
    metrics = people["root"].get("/monitoring/metrics").text
    assert re.search(r"^sample_notes [1-9]\d*$", metrics, re.MULTILINE)
    assert 'memory_hub_job_interval_seconds{name="count_notes"} 300\n' in metrics
    prices = mina.get("/superthread/info").json()["points"]["prices"]
    assert prices[-1] == {
        "counted": "note",
        "points": 1,
        "each": 100,
        "meaning": "notes that are counted",
    }
    document = mina.get("/openapi.json").json()
    assert document["tags"][-1] == {
        "name": "notes",
        "description": "Notes, for nobody but who wrote them",
    }
    answers = document["paths"][MINE]["post"]["responses"]
    assert answers["418"]["description"] == "A teapot has no notes"
    assert "notes:read" in document["components"]["schemas"]["ScopesEnum"]["enum"]


@pytest.mark.drill
def test_the_admin_lists_it_and_offers_its_scopes_in_words(hub, people):
    with httpx.Client(base_url=hub.url, timeout=60) as browser:
        form = FORM.search(browser.get("/login").text)
        entered = browser.post(
            "/login",
            data={
                "login": "root@example.com",
                "password": "a long pass phrase 1",
                "csrfmiddlewaretoken": form[1],
            },
            headers={"Referer": f"{hub.url}/login"},
        )
        assert entered.status_code == 302
        page = browser.get("/admin/").text
        assert 'href="/admin/sample/note/"' in page
        assert page.index("All notes") < page.index("Log of the admin")
        assert browser.get("/admin/sample/note/").status_code == 200
        assert "notes:read: read your notes" in browser.get("/admin/accounts/token/add/").text
