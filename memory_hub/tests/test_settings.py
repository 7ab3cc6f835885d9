"""A bad value of the environment stops the start and names its variable, never the value."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BAD = {
    "HUB_ENVIRONMENT": "produktion",
    "HUB_PORT": "99999",
    "HUB_THREADS": "0",
    "HUB_THREAD_QUEUE": "many",
    "HUB_BODY_SECONDS": "soon",
    "HUB_PUBLIC_READ": "perhaps",
    "HUB_SECURE_COOKIES": "2",
    "HUB_SSL_REDIRECT": "jawohl",
    "HUB_HSTS_SECONDS": "-1",
    "HUB_LOG_LEVEL": "LOUD",
    "DEBUG": "verbose",
    "SECRET_KEY": "short-secret-value",
    "DATABASE_URL": "mysql://secret-value@host/db",
    "HUB_POOL_SIZE": "none",
}


def start(directory: Path, name: str, value: str) -> subprocess.CompletedProcess:
    kept = {key: text for key, text in os.environ.items() if key in ("PATH", "HOME", "LANG")}
    environment = {"HUB_DATA_DIR": str(directory), "DATABASE_URL": "postgresql://a@b/c"}
    if not name.startswith("HUB_POOL"):
        environment.pop("DATABASE_URL")
    code = "import django; from django.conf import settings; settings.DEBUG"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | environment | {"DJANGO_SETTINGS_MODULE": "memory_hub.settings", name: value},
        capture_output=True,
        text=True,
    )


def test_every_bad_value_stops_the_start_with_its_name(tmp_path, subtests):
    with ThreadPoolExecutor(2) as pool:
        ends = pool.map(lambda item: start(tmp_path, *item), BAD.items())
        for (name, value), end in zip(BAD.items(), ends, strict=True):
            with subtests.test(name):
                last = end.stderr.strip().splitlines()[-1]
                assert end.returncode == 1
                assert last.startswith("django.core.exceptions.ImproperlyConfigured:")
                assert name in last
                assert value not in last


def test_without_any_variable_the_settings_are_read(tmp_path):
    assert start(tmp_path, "HUB_ENVIRONMENT", "").returncode == 0
    assert len((tmp_path / "secret_key").read_text()) > 50
