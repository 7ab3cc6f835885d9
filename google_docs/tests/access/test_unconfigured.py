"""A hub without Google: it says what is missing, and pays nothing for the client."""

import subprocess
import sys

import pytest

PATHS = [
    ("GET", "memories"), ("POST", "memories"), ("GET", "memories/x"), ("PATCH", "memories/x"),
    ("DELETE", "memories/x"), ("POST", "search"), ("POST", "batch/save"),
    ("POST", "batch/delete"), ("GET", "permissions/x"), ("POST", "permissions/x"),
    ("GET", "versions/x"), ("POST", "versions/x"), ("GET", "versions/x/s:y"),
    ("POST", "versions/x/restore/s:y"), ("GET", "stats"), ("GET", "health"), ("GET", "connect"),
    ("GET", "callback"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "path"), PATHS)
def test_every_call_says_what_is_missing(configure, mina, verb, path):
    configure()
    answer = mina.request(verb, f"/google-docs/{path}")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == "google-docs-not-configured"
    assert "GOOGLE_OAUTH_CLIENT_ID" in body["missing"]
    assert "Retry-After" not in answer.headers


def test_info_says_so_too(configure, mina):
    configure(client_id="id")
    body = mina.get("/google-docs/info").json()
    assert body["configured"] is False
    assert "GOOGLE_OAUTH_CLIENT_ID" not in body["missing"]
    assert "GOOGLE_TOKEN_KEYS" in body["missing"]


def test_a_service_account_without_a_place_for_files_says_why(configure, mina):
    configure(service_account='{"type": "service_account"}')
    answer = mina.get("/google-docs/health")
    assert answer.status_code == 503
    assert answer.json()["code"] == "service-account-has-no-storage"
    assert "GOOGLE_DRIVE_ID" in answer.json()["detail"]


IMPORTED = (
    "import django, sys; django.setup(); import memory_hub.asgi, memory_hub.urls;"
    "import google_docs.admin, google_docs.urls;"
    "print(*[m for m in sys.modules if m.split('.')[0] in "
    "('googleapiclient', 'google', 'httplib2', 'google_auth_oauthlib')])"
)


def imported_at_start_up(**variables: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **variables},
        check=True,
    )
    return done.stdout.split()


def test_nothing_of_googles_libraries_is_imported_at_start_up():
    assert imported_at_start_up(DJANGO_SETTINGS_MODULE="testing.settings") == []


def test_a_hub_with_google_imports_them_before_it_forks_its_workers(tmp_path):
    found = imported_at_start_up(
        DJANGO_SETTINGS_MODULE="memory_hub.settings",
        HUB_DATA_DIR=str(tmp_path),
        GOOGLE_API_ROOT="http://127.0.0.1:9/",
    )
    assert "googleapiclient.discovery" in found
