"""A bad value of the environment stops the start and names its variable, never the value."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from memory_hub.jobs import loops

ROOT = Path(__file__).resolve().parents[3]
SETTINGS, GUNICORN = ROOT / "memory_hub/settings.py", ROOT / "deploy/gunicorn.conf.py"
BAD = {
    "DATABASE_URL": "mysql://secret-value@host/db",
    "DEBUG": "verbose",
    "EMAIL_URL": "mail://secret-value@mail.example.com",
    "GOOGLE_API_ROOT": "ftp://secret-value",
    "GOOGLE_DOCS_CACHE_TTL": "a while",
    "GOOGLE_DOCS_DEADLINE": "-20",
    "GOOGLE_DOCS_READS_PER_MINUTE": "0",
    "GOOGLE_DOCS_THREADS": "257",
    "GOOGLE_DOCS_TIMEOUT": "10 s",
    "GOOGLE_DOCS_WRITES_PER_MINUTE": "0",
    "GOOGLE_DRIVE_UNITS_PER_MINUTE": "many",
    "GOOGLE_USE_ADC": "ja",
    "HUB_ACCESS_LOG": "stdout",
    "HUB_ANSWERS_MB": "39",
    "HUB_APPS": "no_such_package_of_notes",
    "HUB_BODIES_MB": "39",
    "HUB_WORKER_GROWTH_MB": "-1",
    "HUB_BODY_SECONDS": "soon",
    "HUB_CONCURRENT_REQUESTS": "0",
    "HUB_CONN_MAX_AGE": "-60",
    "HUB_CONNECT_TIMEOUT": "2sec",
    "HUB_CORS_CREDENTIALS": "include",
    "HUB_CORS_ORIGINS": "app.example.com",
    "HUB_DOCS": "staff",
    "HUB_ENVIRONMENT": "produktion",
    "HUB_FLUSH_SECONDS": "often",
    "HUB_GRACEFUL_SECONDS": "29",
    "HUB_HSTS_SECONDS": "-1",
    "HUB_IDLE_TRANSACTION_TIMEOUT": "none",
    "HUB_KEEPALIVE_SECONDS": "0",
    "HUB_LOCK_TIMEOUT": "3,5",
    "HUB_LOG_FORMAT": "xml",
    "HUB_LOG_LEVEL": "LOUD",
    "HUB_LOGIN_ATTEMPTS": "0",
    "HUB_LOGIN_COOLOFF": "a day",
    "HUB_LOGIN_LIMIT": "20/hours",
    "HUB_MAX_REQUESTS": "1e5",
    "HUB_NETWORK_DATA_DIR": "nfs",
    "HUB_OAUTH": "maybe",
    "HUB_OAUTH_DOCUMENTS": "60 an hour",
    "HUB_OAUTH_REGISTRATIONS": "0/hour",
    "HUB_PATH_PREFIX": "hub",
    "HUB_POOL": "QueuePool",
    "HUB_POOL_OVERFLOW": "-1",
    "HUB_POOL_PRE_PING": "maybe",
    "HUB_POOL_RECYCLE": "1 hour",
    "HUB_POOL_SIZE": "none",
    "HUB_POOL_TIMEOUT": "2,5",
    "HUB_PORT": "99999",
    "HUB_PRELOAD": "app",
    "HUB_PREPARED_STATEMENTS": "5",
    "HUB_AUDIT_READS": "some",
    "HUB_PUBLIC_READ": "perhaps",
    "HUB_PUBLIC_IN_ALL": "perhaps",
    "HUB_PUBLIC_URL": "https://user:secret-value@hub.example.com",
    "HUB_RATE_LIMIT": "0/minute",
    "HUB_REQUEST_SECONDS": "half a minute",
    "HUB_GROUPED_READS": "perhaps",
    "HUB_GROUPED_SAVES": "perhaps",
    "HUB_INVITES": "everybody",
    "HUB_JOBS": "perhaps",
    "HUB_JOURNAL_KEPT": "a year",
    "HUB_ORIGINS_KEPT": "-1",
    "HUB_READS_KEPT": "90 days",
    "HUB_WEBHOOK_PRIVATE": "perhaps",
    "HUB_WEBHOOK_RETRIES": "5s,0",
    "HUB_RESPONSE_CACHE": "redis",
    "HUB_RESPONSE_CACHE_MB": "0",
    "HUB_REWRITE_MB": "half",
    "HUB_SCAN": "perhaps",
    "HUB_SCAN_PERSONAL": "names",
    "HUB_SECURE_COOKIES": "2",
    "HUB_SIGNUP": "domain:",
    "HUB_SLOW_QUERY_MS": "100ms",
    "HUB_SLOW_REQUEST_MS": "0.5",
    "HUB_SQLITE_TIMEOUT": "-20",
    "HUB_SSL_REDIRECT": "jawohl",
    "HUB_STATEMENT_TIMEOUT": "10 seconds",
    "HUB_THREAD_QUEUE": "many",
    "HUB_THREADS": "0",
    "HUB_TRUSTED_ORIGINS": "https://hub.example.com/admin",
    "HUB_TRUSTED_PROXIES": "10.0.0.0/33",
    "HUB_WORKER_CLASS": "sync",
    "HUB_WORKER_TIMEOUT": "4",
    "HUB_WORKERS": "65",
    "OIDC_GROUPS": "developers",
    "OIDC_ISSUER": "http://secret-value.example.com",
    "OIDC_TRUST_EMAIL": "perhaps",
    "REDIS_URL": "secret-value.example.com:6379",
    "SECRET_KEY": "short-secret-value",
}
# Any text may be right; whoever uses it says when it is not: gunicorn, Google, pg_dump.
FREE = {
    *("HUB_ALLOWED_HOSTS", "HUB_BIND", "HUB_HOST", "HUB_PG_BIN", "HUB_SCRAPE_TOKEN"),
    "HUB_WELCOME_FILE",
    *("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_GROUPS_CLAIM", "OIDC_NAME"),
    *("GOOGLE_DELEGATED_SUBJECT", "GOOGLE_DRIVE_ID", "GOOGLE_FOLDER_ID", "GOOGLE_SCOPES"),
    *("GOOGLE_OAUTH_CLIENT_ID", "GOOGLE_OAUTH_CLIENT_SECRET", "GOOGLE_OAUTH_REDIRECT_URI"),
    *("GOOGLE_SERVICE_ACCOUNT", "GOOGLE_TOKEN_KEYS"),
}
# What has to be set for a variable to be read at all.
NEEDS = {
    "EMAIL_URL": {"HUB_PUBLIC_URL": "https://hub.example.com"},
    "HUB_CONN_MAX_AGE": {"HUB_POOL": "0"},
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Of this process: nothing but a data directory of the test's own, and a PostgreSQL."""
    for name in [*BAD, *FREE, "TEST_DATABASE_URL"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://hub@db.example.com/hub")
    # What gunicorn's configuration says is of its master: this process goes on.
    monkeypatch.setattr(loops, "_held", False)
    return monkeypatch


def read() -> None:
    """All that a starting hub reads."""
    runpy.run_path(str(SETTINGS), run_name="settings_of_a_test")
    runpy.run_path(str(GUNICORN))


def start(data_dir: Path, name: str, value: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A process of the hub with this one variable: a command, or nothing but the settings."""
    kept = {key: text for key, text in os.environ.items() if key in ("PATH", "HOME", "LANG")}
    settings = {"HUB_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "memory_hub.settings"}
    code = "import django; from django.conf import settings; settings.DEBUG"
    return subprocess.run(
        [sys.executable, *(command or ("-c", code))],
        cwd=ROOT,
        env=kept | settings | {name: value},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_told_with_its_name_alone(name, environment):
    for other, value in NEEDS.get(name, {}).items():
        environment.setenv(other, value)
    read()
    environment.setenv(name, BAD[name])
    with pytest.raises(ImproperlyConfigured) as told:
        read()
    assert name in str(told.value)
    assert BAD[name] not in str(told.value).split()
    assert "secret-value" not in str(told.value)


@pytest.mark.parametrize("value", ["0", "0.01", "15.5", "1m"])
def test_statistics_are_reported_neither_all_the_time_nor_so_late_that_workers_seem_silent(
    value, environment
):
    environment.setenv("HUB_FLUSH_SECONDS", value)
    with pytest.raises(ImproperlyConfigured, match=r"^HUB_FLUSH_SECONDS must be from 0.1 to 15 s"):
        read()
    for fitting in ("0.1", "15s"):
        environment.setenv("HUB_FLUSH_SECONDS", fitting)
        read()


@pytest.mark.parametrize("password", ["secret[value", "secret\N{ADDRESSED TO THE SUBJECT}value"])
def test_a_password_that_is_not_escaped_is_told_with_the_name_alone(password, environment):
    environment.setenv("DATABASE_URL", f"postgresql://hub:{password}@db.example.com/hub")
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL must look") as told:
        read()
    assert password not in str(told.value)


def test_every_variable_has_a_bad_value_here_or_none_at_all():
    read_somewhere = {"HUB_DATA_DIR"}
    for path in [*ROOT.glob("memory_hub/**/*.py"), *ROOT.glob("google_docs/**/*.py"), GUNICORN]:
        if "tests" not in path.parts:
            read_somewhere |= set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', path.read_text()))
    assert read_somewhere == BAD.keys() | FREE | {"HUB_DATA_DIR"}


def test_every_variable_is_in_the_operators_table():
    pages = [ROOT / "docs" / name for name in ("deployment.md", "google-docs.md")]
    told = set(re.findall(r"\b[A-Z_]{4,}\b", "".join(page.read_text() for page in pages)))
    assert BAD.keys() | FREE <= told


@pytest.mark.parametrize("name", ["HUB_PORT", "SECRET_KEY"])
def test_a_start_ends_with_one_line_that_says_what_to_set(name, tmp_path):
    end = start(tmp_path, name, BAD[name])
    last = end.stderr.strip().splitlines()[-1]
    assert end.returncode == 1
    assert last.startswith(f"django.core.exceptions.ImproperlyConfigured: {name} must ")
    assert BAD[name] not in end.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("HUB_PORT", "abc", "HUB_PORT must be a whole number from 1 to 65535."),
        ("DATABASE_URL", "postgresql://h@127.0.0.1:1/x", "The database: connection to server at"),
    ],
)
def test_a_command_ends_without_a_traceback_where_the_operator_has_to_act(
    name, value, says, tmp_path
):
    end = start(tmp_path, name, value, "manage.py", "migrate")
    assert (end.returncode, end.stderr.startswith(says)) == (1, True), end.stderr
    assert "Traceback" not in end.stderr


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nowhere"])
def test_a_data_directory_that_cannot_be_one_is_told(place, tmp_path):
    (tmp_path / "file").write_text("precious")
    end = start(tmp_path, "HUB_DATA_DIR", str(tmp_path / place))
    last = end.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: HUB_DATA_DIR must name a ")
    assert (end.returncode, (tmp_path / "file").read_text()) == (1, "precious")


def test_values_that_only_look_unusual_are_taken(environment):
    environment.setenv("HUB_TRUSTED_PROXIES", "127.0.0.1, 10.1.2.3/8,fd00::/8")
    environment.setenv("HUB_TRUSTED_ORIGINS", "https://*.example.com,http://localhost:3000")
    environment.setenv("HUB_CORS_ORIGINS", "*")
    for url in ("rediss://user:secret@cache.example.com:6380/1", "unix:///run/redis.sock?db=1"):
        environment.setenv("REDIS_URL", url)
        read()


def test_without_any_variable_the_settings_are_read(tmp_path):
    assert start(tmp_path, "HUB_ENVIRONMENT", "").returncode == 0
    assert len((tmp_path / "secret_key").read_text()) > 50
