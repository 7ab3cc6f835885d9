"""Production does not start with an unsafe setting, and says what to set instead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from memory_hub.conf.production_checks import has_safe_wal, unsafe

ROOT = Path(__file__).resolve().parents[3]
SAFE = {
    "HUB_ENVIRONMENT": "prod",
    "HUB_ALLOWED_HOSTS": "hub.example.com",
    "DATABASE_URL": "postgresql://hub:unused@db.example.com/hub",
}
# What makes a start unsafe, and a word of what the refusal says.
UNSAFE = [
    ({"DEBUG": "1"}, "DEBUG=0"),
    ({"SECRET_KEY": "django-insecure-" + "abcdefghijklmnop" * 4}, "SECRET_KEY"),
    ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"HUB_ALLOWED_HOSTS": "*"}, "HUB_ALLOWED_HOSTS"),
    ({"HUB_ALLOWED_HOSTS": "hub.example.com,*"}, "HUB_ALLOWED_HOSTS"),
    ({"HUB_CORS_ORIGINS": "*", "HUB_CORS_CREDENTIALS": "1"}, "HUB_CORS_CREDENTIALS=0"),
    ({"HUB_SECURE_COOKIES": "0"}, "HUB_SECURE_COOKIES=1"),
    # Misspelt values stop every environment.
    ({"HUB_ENVIRONMENT": "production"}, "HUB_ENVIRONMENT"),
    ({"DEBUG": "maybe"}, "DEBUG"),
    ({"HUB_POOL_SIZE": "many"}, "HUB_POOL_SIZE"),
    ({"DATABASE_URL": "mysql://hub@db/hub"}, "DATABASE_URL"),
]


def start(tmp_path, variables) -> subprocess.CompletedProcess:
    """Read the settings as any process of the hub does, in a fresh environment."""
    environment = {"PATH": os.environ["PATH"], "HUB_DATA_DIR": str(tmp_path), **variables}
    command = [sys.executable, "-c", "from memory_hub import settings"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_production_starts_with_safe_settings(tmp_path):
    done = start(tmp_path, SAFE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("variables", "says"), UNSAFE, ids=[str(v) for v, _ in UNSAFE])
def test_an_unsafe_setting_refuses_to_start(tmp_path, variables, says):
    done = start(tmp_path, SAFE | variables)
    assert done.returncode == 1
    last = done.stderr.split("ImproperlyConfigured: ")[-1]
    assert says in last
    # The message names the variable, never a value that may be a secret.
    assert variables.get("SECRET_KEY", "\0") not in done.stderr


@pytest.mark.parametrize("variables", [UNSAFE[row][0] for row in (0, 1, 4, 6, 7)], ids=str)
def test_development_may_do_what_production_may_not(tmp_path, variables):
    done = start(tmp_path, SAFE | variables | {"HUB_ENVIRONMENT": "dev"})
    assert done.returncode == 0, done.stderr


def test_every_unsafe_setting_is_told_at_once(tmp_path):
    done = start(tmp_path, SAFE | {"DEBUG": "1", "HUB_SECURE_COOKIES": "0"})
    assert "DEBUG=0" in done.stderr
    assert "HUB_SECURE_COOKIES=1" in done.stderr


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_the_sqlite_releases_with_the_wal_reset_bug_are_known(version, safe):
    assert has_safe_wal(version) is safe


@pytest.mark.parametrize(("workers", "refused"), [(1, False), (2, True)])
def test_several_workers_on_a_faulty_sqlite_are_refused(monkeypatch, workers, refused):
    monkeypatch.setattr("memory_hub.conf.production_checks.sqlite3.sqlite_version_info", (3, 40, 1))
    settings = {
        "DEBUG": False,
        "SECRET_KEY": "0123456789abcdef" * 4,
        "ALLOWED_HOSTS": ["hub.example.com"],
        "CORS_ALLOW_ALL_ORIGINS": False,
        "CORS_ALLOW_CREDENTIALS": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}},
    }
    told = list(unsafe(settings, workers=workers))
    assert bool(told) is refused
    assert all("HUB_WORKERS=1" in problem for problem in told)
