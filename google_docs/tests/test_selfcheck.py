"""The owner of real credentials runs this; here a double takes Google's place."""

import io

import pytest
from django.core.management import CommandError, call_command


def _selfcheck(*arguments: str) -> str:
    out = io.StringIO()
    call_command("google_docs_selfcheck", "mina@example.com", *arguments, stdout=out)
    return out.getvalue()


def test_it_passes_against_the_double_and_leaves_nothing(docs, double):
    told = _selfcheck("--lag-seconds", "0.5", "--share-with", "jun@example.com")
    assert "Checked against a double" in told
    assert "FAILED" not in told
    assert told.count("  ok ") == 8
    assert "lag of appProperties: 0" in told
    assert not [file for file in double.world.files.values() if file.document]


def test_it_tells_what_google_does_differently(docs, double, monkeypatch, capsys):
    """A Google that drops the last newline of an import."""
    from google_docs.tests.double import drive

    monkeypatch.setattr(drive, "imported", lambda media: media.decode().rstrip("\n"))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "google_docs_selfcheck", "mina@example.com", "--lag-seconds", "0.5", stdout=out
        )
    assert "FAILED Texts come back" in out.getvalue()
    assert "import of empty lines" in out.getvalue()


def test_it_says_what_is_missing(configure, mina):
    configure()
    with pytest.raises(CommandError, match="GOOGLE_OAUTH_CLIENT_ID"):
        _selfcheck()


def test_it_needs_a_user_of_the_hub(docs):
    with pytest.raises(CommandError, match="no active user"):
        call_command("google_docs_selfcheck", "unknown@example.com")
