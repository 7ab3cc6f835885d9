"""A hub below a path of its host: https://example.com/hub."""

import re
from urllib.parse import urljoin

import httpx
import pytest

PREFIX = "/hub"


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    """One hub for all of this file. Its public address is not where the tests reach it."""
    directory = tmp_path_factory.mktemp("hub")
    address = f"https://hub.example.com{PREFIX}"
    with nursery.hub(directory, workers=1, HUB_PUBLIC_URL=address, HUB_SECURE_COOKIES=0) as started:
        started.secret = started.token("mina@example.com")
        yield started


@pytest.fixture
def client(hub):
    headers = {"Authorization": f"Bearer {hub.secret}"}
    with httpx.Client(base_url=hub.url, headers=headers) as asking:
        yield asking


def test_the_api_answers_below_the_prefix_and_its_links_lead_there(client):
    saved = client.post(f"{PREFIX}/superthread/memories", json={"content": "Jun has the key."})
    assert saved.status_code == 201
    doc_id = saved.json()["doc_id"]
    assert saved.headers["Location"] == f"{PREFIX}/superthread/memories/{doc_id}"
    assert client.get(saved.headers["Location"]).json() == saved.json()
    assert client.get(f"{saved.headers['Location']}/").status_code == 200
    named = client.post(f"{PREFIX}/superthread/versions/{doc_id}?description=then")
    assert client.get(named.headers["Location"]).json()["description"] == "then"
    client.post(f"{PREFIX}/superthread/memories", json={"content": "Mina has it."})
    page = client.get(f"{PREFIX}/superthread/memories?limit=1").json()
    rest = client.get(f"{PREFIX}/superthread/memories?limit=1&cursor={page['next_cursor']}")
    assert rest.json()["memories"][0]["doc_id"] == doc_id


def test_kept_answers_are_kept_below_the_prefix(client):
    url = f"{PREFIX}/superthread/stats"
    before = client.get(f"{PREFIX}/superthread/stats").json()["total_documents"]
    first, second = client.get(url), client.get(url)
    assert first.content == second.content
    client.post(f"{PREFIX}/superthread/memories", json={"content": "One more."})
    assert client.get(url).json()["total_documents"] == before + 1


def test_requests_below_the_prefix_are_counted_as_others(client):
    def left(answer) -> int:
        return int(answer.headers["RateLimit-Remaining"])

    first = left(client.get(f"{PREFIX}/superthread/info"))
    client.get(f"{PREFIX}/superthread/info")
    assert first - left(client.get(f"{PREFIX}/superthread/info")) == 2


def test_a_proxy_may_take_the_prefix_off_itself(client):
    saved = client.post("/superthread/memories", json={"content": "Sora has the key."})
    assert saved.headers["Location"].startswith(f"{PREFIX}/superthread/memories/")
    assert client.get("/monitoring/health/live").status_code == 200
    assert client.get(f"{PREFIX}/monitoring/health/live").status_code == 200


@pytest.mark.parametrize("path", ["/hubcap/superthread/info", "/hub/hub/superthread/info", "/hubs"])
def test_what_only_looks_like_the_prefix_is_nothing(client, path):
    assert client.get(path).status_code == 404


def test_the_document_says_where_the_paths_are(client):
    document = client.get(f"{PREFIX}/openapi.json").json()
    assert [server["url"] for server in document["servers"]] == [PREFIX]
    assert "/superthread/memories" in document["paths"]


@pytest.mark.parametrize("page", ["/docs", "/redoc", "/login"])
def test_a_page_and_all_that_it_loads_is_below_the_prefix(client, page):
    answer = client.get(f"{PREFIX}{page}")
    assert answer.status_code == 200
    loaded = re.findall(r"(?:src|href|action)=\"(/[^\"]*)\"", answer.text)
    assert loaded
    for link in loaded:
        assert link.startswith(f"{PREFIX}/"), link
        assert client.get(link, follow_redirects=True).status_code == 200, link


def test_pages_send_people_on_below_the_prefix(client):
    assert client.get(f"{PREFIX}/").headers["Location"] == f"{PREFIX}/docs"
    assert client.get(PREFIX).headers["Location"] == f"{PREFIX}/docs"
    assert client.get(f"{PREFIX}/admin").headers["Location"] == f"{PREFIX}/admin/"
    asked = client.get(f"{PREFIX}/admin/")
    assert asked.headers["Location"] == f"{PREFIX}/admin/login/?next={PREFIX}/admin/"


def test_a_person_logs_in_below_the_prefix(hub, client):
    hub.manage("shell", "-c", MAKE_STAFF)
    form = f"{hub.url}{PREFIX}/login"
    with httpx.Client() as browser:
        page = browser.get(form)
        csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        data = {"csrfmiddlewaretoken": csrf, "login": "ops@example.com", "password": PASSWORD}
        entered = browser.post(form, data=data, headers={"Referer": form})
        assert entered.status_code == 302, entered.text
        cookies = entered.headers.get_list("set-cookie")
        assert all("path=/hub;" in f"{cookie};".lower() for cookie in cookies), cookies
        home = browser.get(urljoin(form, entered.headers["Location"]), follow_redirects=True)
        assert home.status_code == 200
        links = set(re.findall(r"href=\"(/[^\"#]*)\"", home.text))
        assert links
        assert all(link.startswith(f"{PREFIX}/") for link in links), links
        assert browser.get(f"{hub.url}{PREFIX}/monitoring/dashboard").status_code == 200


PASSWORD = "correct horse battery staple"
MAKE_STAFF = (
    "from memory_hub.accounts.models import User; "
    f"User.objects.create_superuser('ops@example.com', '{PASSWORD}')"
)
