"""The owner of real credentials runs this; here a double takes Google's place."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import resolve

from google_docs.selfcheck.checks import CHECKS
from google_docs.selfcheck.hub import Hub
from memory_hub.accounts.models import Token

QUICK = ("--lag-seconds", "0.5", "--share-with", "jun@example.com")


def _selfcheck(*arguments: str) -> str:
    out = io.StringIO()
    call_command("google_docs_selfcheck", "mina@example.com", *arguments, stdout=out)
    return out.getvalue()


# What nobody knows of Google: the contract holds either way.
MODES = {
    "as it is": {},
    "otherwise": {"import_newline": "add", "first_stays": True, "change_lag": 0.2,
                  "trash_is_inherited": False},
    "and otherwise": {"import_newline": "drop", "aliases": {"jun@example.com": "j@example.com"}},
}  # fmt: skip
ONLY = {"and otherwise": {"saving", "changing", "versions", "round_trips", "aliases"}}


@pytest.mark.parametrize(
    ("mode", "check"),
    [(mode, check) for mode in MODES for check in CHECKS if check in ONLY.get(mode, CHECKS)],
)
def test_the_contract_holds_with_the_double(docs, double, mode, check):
    for name, value in MODES[mode].items():
        setattr(double.world, name, value)
    told = _selfcheck("--only", check, *QUICK)
    assert "Checked against a double" in told
    assert "FAILED" not in told, told
    assert told.count("  ok ") == 1
    assert not [file for file in double.world.files.values() if file.document]
    assert not Token.objects.filter(name="selfcheck", revoked_at=None).exists()


def test_every_call_of_the_contract_is_checked(docs, mina, monkeypatch):
    asked, genuine = set(), Hub.ask

    async def noting(hub, method, path, *body, **options):
        answer = await genuine(hub, method, path, *body, **options)
        if answer.status < 300:
            asked.add((method.lower(), resolve(f"/google-docs/{path}").route))
        return answer

    monkeypatch.setattr(Hub, "ask", noting)
    told = _selfcheck(*QUICK)
    assert "lag of appProperties: 0" in told
    paths = mina.get("/openapi.json").json()["paths"]
    promised = {
        (method, re.sub(r"{(\w+)}", r"<str:\1>", path.strip("/")))
        for path, operations in paths.items()
        for method in operations
        if path.startswith("/google-docs/") and method != "parameters"
    }
    assert len(promised) >= 15
    assert asked == promised


def test_it_tells_what_google_does_differently(docs, double, monkeypatch):
    """A Google that drops the empty lines of an import."""
    from testing.google import drive

    monkeypatch.setattr(drive, "imported", lambda media, mode: media.decode().replace("\n\n", "\n"))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("google_docs_selfcheck", "mina@example.com", *QUICK, stdout=out)
    assert "FAILED Texts come back" in out.getvalue()
    assert "import of empty lines" in out.getvalue()


@pytest.mark.parametrize(
    ("part", "wrong", "check"),
    [
        ("google_docs.store.space.file_properties.is_memory", lambda file: True, "strangers"),
        ("google_docs.views.memories.expected_revisions", lambda request: None, "changing"),
        ("google_docs.store.space.expired", lambda file: True, "saving"),
    ],
)
def test_it_tells_what_the_hub_does_wrong(docs, monkeypatch, capsys, part, wrong, check):
    monkeypatch.setattr(part, wrong)
    with pytest.raises(SystemExit):
        call_command("google_docs_selfcheck", "mina@example.com", "--only", check)
    assert capsys.readouterr().out.count("FAILED") == 1


def test_it_says_what_is_missing(configure, mina):
    configure()
    with pytest.raises(CommandError, match="GOOGLE_OAUTH_CLIENT_ID"):
        _selfcheck()


def test_it_needs_a_user_of_the_hub(docs):
    with pytest.raises(CommandError, match="no active user"):
        call_command("google_docs_selfcheck", "unknown@example.com")
