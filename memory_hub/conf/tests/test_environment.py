"""What script/environment.py installs, and where there is no wheel of a newer SQLite."""

import importlib.util
from pathlib import Path

import pytest

from memory_hub.conf import production_checks

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """The script with a virtual environment of its own, whose pip refuses what it is told to."""
    spec = importlib.util.spec_from_file_location("environment", ROOT / "script/environment.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "VENV", tmp_path)
    script.refused = set()
    script.asked = []

    def pip(*arguments, **options):
        script.asked.append(arguments[-1])
        return int(arguments[-1] in script.refused)

    monkeypatch.setattr(script, "pip", pip)
    return script


def test_without_a_wheel_of_a_newer_sqlite_the_installation_goes_on_and_says_so(
    environment, capsys
):
    environment.refused.add("requirements-sqlite.txt")
    environment.install("requirements.txt")
    assert environment.asked == ["requirements.txt", "requirements-sqlite.txt"]
    assert environment.stamp("requirements.txt").exists()
    told = capsys.readouterr().err
    assert "HUB_WORKERS=1" in told
    assert "DATABASE_URL" in told


def test_with_a_wheel_nothing_is_said_of_it(environment, capsys):
    environment.install("requirements.txt")
    assert "SQLite" not in capsys.readouterr().err


def test_what_the_hub_cannot_do_without_stops_the_installation(environment):
    environment.refused.add("requirements.txt")
    with pytest.raises(SystemExit, match="Installing requirements"):
        environment.install("requirements.txt")


@pytest.mark.parametrize(
    ("machine", "library", "says"),
    [
        ("x86_64", ("glibc", "2.36"), "pip install -r requirements-sqlite.txt"),
        ("x86_64", ("", ""), "pip install -r requirements-sqlite.txt"),  # musl
        ("x86_64", ("glibc", "2.17"), "HUB_PYTHON"),
        ("aarch64", ("glibc", "2.36"), "HUB_PYTHON"),
        ("armv7l", ("glibc", "2.31"), "HUB_PYTHON"),
    ],
)
def test_the_refusal_names_what_helps_on_this_machine(monkeypatch, machine, library, says):
    monkeypatch.setattr(production_checks.platform, "machine", lambda: machine)
    monkeypatch.setattr(production_checks.platform, "libc_ver", lambda: library)
    monkeypatch.setattr(production_checks.sqlite3, "sqlite_version_info", (3, 40, 1))
    databases = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
    (told,) = production_checks.unsafe_sqlite(databases, workers=2)
    assert says in told
    assert "HUB_WORKERS=1" in told
    assert list(production_checks.unsafe_sqlite(databases, workers=1)) == []
