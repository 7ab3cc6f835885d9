"""Secrets in files: ``<NAME>_FILE`` is read, and one that cannot be stops the start."""

import os
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf import env

SETTINGS = Path(__file__).resolve().parents[2] / "settings.py"
KEY = "a-key-of-more-than-fifty-characters-0123456789-abcdefgh"
SECRETS = {
    "SECRET_KEY": KEY,
    "DATABASE_URL": "postgresql://hub:secret-value@db.example.com/hub",
    "REDIS_URL": "redis://:secret-value@cache.example.com:6379/0",
    "HUB_SCRAPE_TOKEN": "secret-value",
    "GOOGLE_OAUTH_CLIENT_ID": "secret-value.apps",
    "GOOGLE_OAUTH_CLIENT_SECRET": "secret-value",
    "GOOGLE_OAUTH_REDIRECT_URI": "https://hub.example.com/google-docs/callback",
    "GOOGLE_TOKEN_KEYS": "secret-value,older-value",
    "GOOGLE_SERVICE_ACCOUNT": '{"private_key": "secret-value"}',
    "GOOGLE_DRIVE_ID": "secret-value",
    "GOOGLE_FOLDER_ID": "secret-value",
    "GOOGLE_DELEGATED_SUBJECT": "secret-value@example.com",
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("GOOGLE_", "TEST_DATABASE")) or name in SECRETS:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    return monkeypatch


@pytest.fixture
def mounted(environment, tmp_path):
    """mounted(name, text): the variable in a file, as containers mount secrets."""

    def mount(name: str, text: str) -> Path:
        path = tmp_path / name.lower()
        path.write_text(text)
        environment.setenv(f"{name}_FILE", str(path))
        return path

    return mount


def settings() -> dict:
    return runpy.run_path(str(SETTINGS), run_name="settings_of_a_test")


def test_every_secret_may_be_in_a_file(mounted):
    for name, value in SECRETS.items():
        mounted(name, f"{value}\n")
    found = settings()
    assert found["SECRET_KEY"] == KEY
    database = found["DATABASES"]["default"]
    assert (database["HOST"], database["PASSWORD"]) == ("db.example.com", "secret-value")
    assert (found["REDIS_URL"], found["HUB_SCRAPE_TOKEN"]) == (SECRETS["REDIS_URL"], "secret-value")
    google = found["GOOGLE_DOCS"]
    assert (google.client_id, google.client_secret) == ("secret-value.apps", "secret-value")
    assert google.token_keys == ("secret-value", "older-value")
    assert (google.service_account, google.drive_id) == (
        SECRETS["GOOGLE_SERVICE_ACCOUNT"],
        "secret-value",
    )
    assert (google.folder_id, google.subject) == ("secret-value", "secret-value@example.com")
    assert google.redirect_uri == SECRETS["GOOGLE_OAUTH_REDIRECT_URI"]


@pytest.mark.parametrize("name", SECRETS)
def test_both_forms_at_once_stop_the_start(name, mounted, environment):
    mounted(name, SECRETS[name])
    environment.setenv(name, SECRETS[name])
    with pytest.raises(
        ImproperlyConfigured, match=f"^Set {name} or {name}_FILE, not both."
    ) as told:
        settings()
    assert "secret-value" not in str(told.value)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.unlink(), "cannot be read: No such file"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read: Is a directory"),
        (lambda path: path.write_text(" \n"), "an empty file"),
        (lambda path: path.write_bytes(b"\xff\xfesecret-value"), "is not text"),
    ],
    ids=["missing", "directory", "empty", "binary"],
)
def test_a_file_that_holds_no_secret_stops_the_start(damage, says, mounted):
    """A hub that took it for no setting would begin anew, on SQLite."""
    damage(mounted("DATABASE_URL", SECRETS["DATABASE_URL"]))
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL_FILE names a") as told:
        settings()
    assert says in str(told.value)
    assert "secret-value" not in str(told.value)


def test_a_bad_value_from_a_file_is_told_without_it(mounted):
    mounted("REDIS_URL", "secret-value:6379")
    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL must look like") as told:
        settings()
    assert "secret-value" not in str(told.value)


def test_without_either_form_there_is_the_default(environment):
    assert (env.secret("HUB_SCRAPE_TOKEN", "none"), env.secrets("GOOGLE_TOKEN_KEYS")) == (
        "none",
        [],
    )
