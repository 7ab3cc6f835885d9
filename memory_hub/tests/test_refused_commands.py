"""What each command says that is called wrongly: a line that helps, and nothing is left behind."""

import sys
from uuid import UUID

import pytest
from django.core.management import base, get_commands

import manage
from memory_hub.accounts import services
from memory_hub.accounts.models import Team, Token, User
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory

pytestmark = pytest.mark.django_db(databases="__all__")

ABSENT, TEXT, EXISTS = "{absent}/file", "{text}", "{directory}"
OWNED = ("--as", "owner@example.com")
# The command line, and words of what it is told. {absent} is a directory that is not there,
# {directory} one that is, {text} a file that is neither a backup nor JSON lines.
REFUSED = [
    (["backup"], "required: FILE"),
    (["backup", ABSENT], "There is no directory"),
    (["backup", TEXT], "exists"),
    (["changepassword"], "required: EMAIL"),
    (["changepassword", "nobody@example.com"], "no account with this address"),
    (["check_tallies", "more"], "unrecognized arguments: more"),
    (["cleanup_cache", "more"], "unrecognized arguments: more"),
    (["clear_cache", "more"], "unrecognized arguments: more"),
    (["create_token"], "required: EMAIL"),
    (["create_token", "nobody"], "not an e-mail address"),
    (["create_token", "mina@example.com", "--scopes", "memories:eat"], "memories:eat"),
    (["create_token", "mina@example.com", "--expires-in", "soon"], "--expires-in"),
    (["create_token", "mina@example.com", "--expires-in", "400d"], "at most one year"),
    (["erase_traces", "now"], "unrecognized arguments: now"),
    (["export_audit"], "required: FILE"),
    (["export_audit", ABSENT], "Cannot write"),
    (["export_audit", EXISTS], "Cannot write"),
    (["export_audit", "{new}", "--format", "csv"], "invalid choice: 'csv'"),
    (["export_audit", "{new}", "--since", "soon"], "a date or a moment"),
    (["export_audit", "{new}", "--after", "last"], "invalid int value"),
    (["export_memories"], "required: FILE"),
    (["export_memories", ABSENT], "Cannot write"),
    (["export_memories", EXISTS], "Cannot write"),
    (["export_memories", "{new}", "--as", "nobody@example.com"], "nobody@example.com"),
    (["export_memories", "{new}", "--with", "secrets"], "history, grants or both"),
    (["export_memories", "{new}", "--plain", "--with", "grants"], "no grants"),
    (["export_memories", "{new}", "--all", "--plain"], "no other option"),
    (["export_memories", EXISTS, "--markdown"], "Cannot write"),
    (["export_memories", "{new}", "--markdown", "--all"], "goes with --as alone"),
    (["google_docs_rescan"], "Set GOOGLE_OAUTH_CLIENT_ID"),
    (["google_docs_selfcheck"], "required: email"),
    (["google_docs_selfcheck", "nobody@example.com"], "no active user"),
    (["hold"], "required: list|place|lift"),
    (["hold", "place", "--memory", "x"], "required: --reason"),
    (["hold", "place", "--memory", "x", "--reason", "a case"], "no such memory"),
    (["hold", "place", "--team", "x", "--reason", "a case"], "no such memory or team"),
    (["hold", "lift", "7"], "no such hold"),
    (["import_memories", ABSENT, *OWNED], "Cannot read"),
    (["import_memories", TEXT, *OWNED], "could not be imported"),
    (["import_memories", TEXT, "--as", "nobody@example.com"], "nobody@example.com"),
    (["import_memories", TEXT, *OWNED, "--scope", "secret"], "invalid choice: 'secret'"),
    (["import_memories", TEXT, *OWNED, "--format", "klingon"], "invalid choice: 'klingon'"),
    (["import_memories", TEXT, "--owners", "--dry-run"], "for one owner"),
    (["import_memories", TEXT, *OWNED, "--map", "nothing"], "an equals sign"),
    (["import_memories", TEXT, *OWNED, "--encoding", "klingon"], "klingon"),
    (["jobs", "dance"], "invalid choice: 'dance'"),
    (["jobs", "run"], "required"),
    (["jobs", "run", "nothing"], "nothing"),
    (["jobs", "disable", "nothing"], "nothing"),
    (["jobs", "retry", "nothing"], "An id is a UUID"),
    (["migrate", "nothing"], "nothing"),
    (["pool_stats", "--database", "other"], "invalid choice: 'other'"),
    (["prepare", "more"], "unrecognized arguments: more"),
    (["purge_expired", "now"], "unrecognized arguments: now"),
    (["redact_version", "x", "1"], "no memory"),
    (["redact_version", str(UUID(int=7)), "1"], "no memory"),
    (["reindex", "everything"], "unrecognized arguments: everything"),
    (["reset_stats", "--wait", "long"], "invalid float value: 'long'"),
    (["restore", ABSENT], "There is no file"),
    (["restore", TEXT], "is not a backup"),
    (["rotate_google_keys"], "GOOGLE_TOKEN_KEYS"),
    (["runserver", "here:port"], "from 1 to 65535"),
    (["runserver", "99999"], "from 1 to 65535"),
    (["scan_memories", "now"], "unrecognized arguments: now"),
    (["set_member", "alpha"], "required: EMAIL"),
    (["set_member", "alpha", "nobody"], "not an e-mail address"),
    (["set_member", "no key!", "mina@example.com"], "key"),
    (["set_member", "alpha", "mina@example.com", "--role", "king"], "invalid choice: 'king'"),
    (["stats", "--window", "9y"], "invalid choice: '9y'"),
    (["stats", "--watch", "0"], "from 0.1 to 3600"),
    (["stats", "--count", "few"], "a whole number from 1 on"),
    (["stats", "--count=-1"], "a whole number from 1 on"),
    (["verify_backup", ABSENT], "There is no file"),
    (["verify_backup", TEXT], "is not a backup"),
    (["verify_journal", "--head", "short"], "64 hexadecimal digits"),
    (["verify_journal", "--head", "9f2c"], "64 hexadecimal digits"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED, ids=[" ".join(line) for line, _ in REFUSED])
def test_a_command_called_wrongly_says_why_and_leaves_nothing(
    line, words, tmp_path, monkeypatch, capsys, settings
):
    (tmp_path / "text").write_text("Not what was asked for.\n")
    names = {"absent": tmp_path / "absent", "text": tmp_path / "text", "directory": tmp_path}
    names["new"] = tmp_path / "new"
    services.ensure_user("owner@example.com", by=OPERATOR)
    # Logging set up anew would go to this test's stderr, which later tests find closed.
    settings.LOGGING_CONFIG = None
    # The test's transaction would end with its connections.
    monkeypatch.setattr(base.connections, "close_all", lambda: None)
    monkeypatch.setattr(sys, "argv", ["manage.py", *(part.format(**names) for part in line)])
    with pytest.raises(SystemExit) as ended:
        manage.main()
    told = capsys.readouterr()
    said = told.err or str(ended.value.code)
    assert ended.value.code not in (0, None)
    assert words in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["text"]
    assert [model.objects.count() for model in (User, Token, Team, Memory)] == [1, 0, 0, 0]


def test_every_command_of_the_hub_is_called_wrongly_above():
    ours = ("memory_hub", "superthread", "google_docs", "integrations", "monitoring", "web")
    known = {name for name, app in get_commands().items() if str(app).startswith(ours)}
    assert known == {line[0] for line, _ in REFUSED}
