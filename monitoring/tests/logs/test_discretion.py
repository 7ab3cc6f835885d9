"""What is watched of many requests never holds a token, a query or the text of a memory."""

import json
import re
import time
from urllib.parse import quote

import httpx
import pytest

EMAIL, PASSWORD = "ops@example.com", "correct horse battery"
CONTENT, CATEGORY, QUERY = "quokka-content", "narwhal-category", "axolotl-query"
METADATA, PATH, FALSE_TOKEN = "pangolin-metadata", "ocelot-path", "mh_false-token-wombat"
SCOPES = "memories:read,memories:write,memories:share,monitoring:read,monitoring:write"
BODY = {
    "content": f"# {CONTENT}",
    "category": CATEGORY,
    "metadata": {"key": METADATA},
    "query": QUERY,
    "memories": [{"content": CONTENT}],
}
WATCHED = ("performance", "slowest", "most-used", "pool", "cache", "metrics", "charts")


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    """One that takes everything for slow, and logs all it can."""
    with nursery.hub(
        tmp_path_factory.mktemp("hub"),
        workers=1,
        HUB_FLUSH_SECONDS="0.5",
        HUB_LOG_FORMAT="json",
        HUB_LOG_LEVEL="DEBUG",
        HUB_ACCESS_LOG="1",
        HUB_SLOW_REQUEST_MS="0",
        HUB_SLOW_QUERY_MS="0",
        HUB_RATE_LIMIT="off",
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    ) as hub:
        hub.manage("createsuperuser", "--noinput", "--email", EMAIL)
        yield hub


@pytest.fixture(scope="module")
def secrets(hub):
    """Every route of the API was called, rightly and wrongly; what must be found nowhere."""
    token = hub.token(EMAIL, "--scopes", SCOPES)
    headers = {"Authorization": f"Bearer {token}"}
    asked: list[httpx.Response] = []
    with httpx.Client(
        base_url=hub.url, headers=headers, timeout=30, event_hooks={"response": [asked.append]}
    ) as client:
        saved = client.post("/superthread/memories", json={k: BODY[k] for k in list(BODY)[:3]})
        assert saved.status_code == 201
        client.post("/superthread/search", json={"query": QUERY})
        for method, path in routes(client):
            for doc_id in (saved.json()["doc_id"], PATH):
                address = re.sub(r"\{\w+\}", doc_id, path)
                body = {} if method in ("GET", "DELETE") else {"json": BODY}
                client.request(method, f"{address}?q={quote(QUERY)}", **body)
                client.request(method, address, **body)
        client.get("/superthread/memories", headers={"Authorization": f"Bearer {FALSE_TOKEN}"})
        until_reported(client, len(asked))
    return [token, CONTENT, CATEGORY, QUERY, METADATA, PATH, FALSE_TOKEN, PASSWORD]


def until_reported(client: httpx.Client, requests: int) -> None:
    """Waits for the worker to report so many requests: all that it has noted, each time."""
    deadline = time.monotonic() + 30
    while client.get("/monitoring/performance").json()["summary"]["total_requests"] < requests:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def routes(client: httpx.Client) -> list[tuple[str, str]]:
    """Method and path of all operations but the one that begins new statistics."""
    paths = client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path)
        for path, operations in paths.items()
        for method in operations
        if method in ("get", "post", "put", "patch", "delete") and "reset" not in path
    ]


def found_in(text: str, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if secret in text]


@pytest.mark.drill
def test_no_line_of_the_log_holds_one(hub, secrets):
    lines = hub.log.read_text().splitlines()
    logged = {json.loads(line).get("url.path") for line in lines if line.startswith("{")}
    assert {"/superthread/memories/{doc_id}", "/superthread/search"} <= logged
    assert [line for line in lines if found_in(line, secrets)] == []


def test_no_answer_of_the_monitoring_holds_one(hub, secrets):
    headers = {"Authorization": f"Bearer {secrets[0]}"}
    for name in WATCHED:
        answer = httpx.get(f"{hub.url}/monitoring/{name}", headers=headers, timeout=30)
        assert answer.status_code == 200, name
        assert found_in(answer.text, secrets) == [], name


@pytest.mark.drill
def test_no_page_of_the_admin_but_those_of_memories_holds_one(hub, secrets):
    with httpx.Client(base_url=hub.url, follow_redirects=True, timeout=30) as client:
        form = client.get("/login").text
        csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        signed_in = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": csrf}
        index = client.post("/login?next=/admin/", data=signed_in | {"next": "/admin/"}).text
        lists = set(re.findall(r'href="(/admin/\w+/\w+/(?:\w+/)?)"', index))
        watched = {page for page in lists if not page.startswith("/admin/superthread/")}
        slow = {"/admin/monitoring/slowrequest/", "/admin/monitoring/slowquery/"}
        assert slow <= watched
        assert all("superthread" in client.get(page).text for page in slow)
        for page in watched:
            answer = client.get(page)
            assert answer.status_code == 200, page
            assert found_in(answer.text, secrets) == [], page
