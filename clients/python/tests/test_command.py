"""The command ``hub``."""

import io
import json
import socket
import stat
import sys
import threading
import time
import webbrowser
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from memory_hub_client.command import credentials, signing_in
from memory_hub_client.command.main import main

from integrations.oauth.tests.flow import HUB, Person

EDITOR = """
import pathlib, sys
file = pathlib.Path(sys.argv[-1])
file.write_text(file.read_text().replace(*sys.argv[1:3]))
"""


class Terminal:
    """Somebody who types commands."""

    def __init__(self, wire, environment, capsys):
        self.wire, self.environment, self.capsys = wire, environment, capsys

    def types(self, *typed):
        """How a command ends, and what it says on each of the two outputs."""
        status = main(typed, self.environment, self.wire)
        said = self.capsys.readouterr()
        return status, said.out, said.err

    def done(self, *typed):
        """What a command says that does what it is told."""
        status, out, err = self.types(*typed)
        assert status == 0, err
        return out

    def refused(self, *typed):
        """What one complains of that does not."""
        status, _, err = self.types(*typed)
        assert status == 1
        return err


@pytest.fixture
def new(wire, tmp_path, capsys):
    """A terminal that is not signed in."""
    return Terminal(wire, {"XDG_CONFIG_HOME": str(tmp_path / "config")}, capsys)


@pytest.fixture
def terminal(new, mina):
    """A terminal with a token in its environment."""
    new.environment |= {"MEMORY_HUB_URL": "http://localhost", "MEMORY_HUB_TOKEN": mina.token}
    return new


@pytest.fixture
def edits(terminal, tmp_path):
    """``edits(old, new)``: an editor that puts the one in the place of the other."""
    program = tmp_path / "editor.py"
    program.write_text(EDITOR)

    def make(old, new):
        terminal.environment["EDITOR"] = f"{sys.executable} {program} {old} {new}"

    return make


def test_what_is_saved_is_found_and_shown(terminal):
    said = terminal.done("save", "Ann likes tea.", "--path", "notes/ann.md", "--tag", "people")
    doc_id = said.split()[0]
    assert said == f"{doc_id}  notes/ann.md  Ann likes tea.\n"
    assert terminal.done("search", "who", "likes", "tea").startswith(said)
    for named in (doc_id, "notes/ann.md"):
        assert terminal.done("show", named) == "Ann likes tea.\n"


def test_a_text_comes_from_standard_input(terminal, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("From a pipe."))
    assert "From a pipe." in terminal.done("save", "--category", "pipes")


def test_a_token_that_may_only_write_is_told_the_id(terminal, api):
    writer = api("mina@example.com", scopes=["memories:write"])
    terminal.environment["MEMORY_HUB_TOKEN"] = writer.token
    for where in ([], ["--path", "notes/ann.md"]):
        (doc_id,) = terminal.done("save", "Ann likes tea.", *where).split()
        assert len(doc_id) == 36


def test_a_memory_is_edited_and_its_versions_told(terminal, edits):
    terminal.done("save", "Ann likes tea.", "--path", "notes/ann.md")
    edits("tea", "coffee")
    assert terminal.done("edit", "notes/ann.md") == "Saved.\n"
    assert terminal.done("edit", "notes/ann.md") == "Nothing was changed.\n"
    log = terminal.done("log", "notes/ann.md").splitlines()
    assert [line.split()[:2] for line in log] == [["*", "2"], ["1", log[1].split()[1]]]
    lines = terminal.done("diff", "notes/ann.md", "1").splitlines()
    assert {"-Ann likes tea.", "+Ann likes coffee."} <= set(lines)
    terminal.done("restore", "notes/ann.md", "1")
    assert terminal.done("show", "notes/ann.md") == "Ann likes tea.\n"
    assert "no version 9" in terminal.refused("restore", "notes/ann.md", "9")


def changed_meanwhile(monkeypatch, hub, path, *texts):
    """Somebody else saves these, each right after the editor was left."""
    from memory_hub_client.command import editing

    real, others = editing.in_editor, iter(texts)

    def late(text, environment):
        done = real(text, environment)
        for other in others:
            hub.put_personal_path(path, {"content": other})
            break
        return done

    monkeypatch.setattr(editing, "in_editor", late)


def test_what_others_changed_meanwhile_is_kept(terminal, edits, hub, monkeypatch):
    terminal.done("save", "one\ntwo\nthree\n", "--path", "a.md")
    edits("one", "ONE")
    changed_meanwhile(monkeypatch, hub, "a.md", "one\ntwo\nTHREE\n")
    assert terminal.done("edit", "a.md") == "Saved.\n"
    assert hub.get_personal_path("a.md")["content"] == "ONE\ntwo\nTHREE\n"


def test_where_both_changed_the_same_the_person_decides(terminal, edits, hub, monkeypatch):
    terminal.done("save", "one\ntwo\n", "--path", "a.md")
    edits("two", "2")
    changed_meanwhile(monkeypatch, hub, "a.md", "one\nII\n")
    complaint = terminal.refused("edit", "a.md")
    assert "Somebody else changed the same lines" in complaint
    assert "marks of a conflict" in complaint
    assert hub.get_personal_path("a.md")["content"] == "one\nII\n"


def test_an_editor_that_fails_changes_nothing(terminal):
    terminal.done("save", "one", "--path", "a.md")
    terminal.environment["EDITOR"] = f"{sys.executable} -c 'raise SystemExit(3)'"
    assert "ended with 3" in terminal.refused("edit", "a.md")
    terminal.environment["EDITOR"] = "/nowhere/editor"
    assert "cannot be started" in terminal.refused("edit", "a.md")


def test_a_memory_is_shared_and_no_longer(terminal):
    terminal.done("save", "one", "--path", "a.md")
    assert terminal.done("share", "a.md", "jun@example.com", "editor") == (
        "jun@example.com  editor\n"
    )
    assert terminal.done("share", "a.md", "jun@example.com", "none") == ""


def test_memories_go_out_and_come_in_and_are_the_same(terminal, hub, tmp_path):
    terminal.done("save", "One.", "--path", "a/one.md", "--category", "x")
    two = "Two.\u2028And\x85three."
    terminal.done("save", two)
    target = tmp_path / "out.jsonl"
    assert terminal.done("export", str(target)) == "2 exported.\n"
    lines = list(map(json.loads, target.read_text().strip("\n").split("\n")))
    assert {line["content"] for line in lines} == {"One.", two}
    for line in lines:
        hub.delete_memory(line["doc_id"], permanent=True)
    for _ in range(2):
        assert terminal.done("import", str(target)) == "2 saved, 0 refused.\n"
    again = hub.list_memories()["memories"]
    assert sorted((one["content"], one["path"], one["category"]) for one in again) == [
        ("One.", "a/one.md", "x"),
        (two, None, "default"),
    ]


def test_what_others_wrote_gives_a_terminal_no_orders(terminal, monkeypatch):
    terminal.done("save", "Tea\x1b[2J\x9b2J\tand\nmilk.", "--path", "a.md")
    assert "\x1b[2J" in terminal.done("show", "a.md")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert terminal.done("show", "a.md") == "Tea\ufffd[2J\ufffd2J\tand\nmilk.\n"


def test_what_the_hub_refuses_is_said_and_ends_with_1(terminal):
    assert "no such memory" in terminal.refused("show", "notes/none.md")
    terminal.environment["MEMORY_HUB_TOKEN"] = "mh_none"
    assert "No token of this hub" in terminal.refused("show", "notes/none.md")


def test_nobody_is_signed_in_at_first(new):
    assert "hub login" in new.refused("search", "tea")


def test_a_token_is_kept_for_its_owner_alone(new, mina, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{mina.token}\n"))
    said = new.done("login", "http://localhost/", "--token")
    kept = credentials.path(new.environment)
    assert said == f"Signed in as mina@example.com; kept in {kept}.\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    new.done("save", "Ann likes tea.")
    # It is shown to no other hub.
    new.environment["MEMORY_HUB_URL"] = "http://elsewhere"
    assert "hub login" in new.refused("search", "tea")
    del new.environment["MEMORY_HUB_URL"]
    new.done("logout")
    assert not kept.exists()
    assert "hub login" in new.refused("search", "tea")


def test_a_token_that_is_none_is_not_kept(new, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("mh_none\n"))
    new.refused("login", "http://localhost", "--token")
    assert not credentials.path(new.environment).exists()


@pytest.fixture
def browser(settings, mina, monkeypatch):
    """Mina's: she says yes to what it is opened for."""
    settings.HUB_PUBLIC_URL = HUB
    opened = []

    def open_(address):
        opened.append(address)
        parts = urlsplit(address)
        answer = Person(mina).allows(f"{parts.path}?{parts.query}")
        threading.Thread(target=urlopen, args=[answer.headers["Location"]]).start()

    monkeypatch.setattr(webbrowser, "open", open_)
    return opened


def test_one_signs_in_by_the_browser_and_stays_signed_in(new, browser, monkeypatch):
    assert "Signed in as mina@example.com" in new.done("login", HUB)
    (address,) = browser
    assert "code_challenge_method=S256" in address
    new.done("save", "Ann likes tea.")
    first = json.loads(credentials.path(new.environment).read_text())
    assert first["expires_at"] > time.time() + 60
    # An hour later.
    kept = credentials.Credentials.kept(new.environment)
    kept.renewed(expires_at=time.time()).keep(new.environment)
    assert "tea" in new.done("search", "tea")
    second = json.loads(credentials.path(new.environment).read_text())
    assert second["token"] != first["token"]
    assert second["refresh_token"] != first["refresh_token"]


def test_a_connection_that_asks_for_nothing_holds_nobody_up(new, browser, monkeypatch):
    """As browsers open some ahead."""
    real, idle = webbrowser.open, socket.socket()

    def ahead(address):
        port = urlsplit(parse_qs(urlsplit(address).query)["redirect_uri"][0]).port
        idle.connect(("127.0.0.1", port))
        real(address)

    monkeypatch.setattr(webbrowser, "open", ahead)
    with idle:
        assert "Signed in" in new.done("login", HUB)


def test_an_answer_to_another_question_is_not_taken(new, browser, monkeypatch):
    monkeypatch.setattr(signing_in.secrets, "token_urlsafe", lambda size: "x" * 64)
    real = webbrowser.open

    def forged(address):
        real(address.replace("state=" + "x" * 64, "state=another"))

    monkeypatch.setattr(webbrowser, "open", forged)
    assert "another question" in new.refused("login", HUB)
    assert not credentials.path(new.environment).exists()


def test_a_hub_that_signs_nobody_in_is_told(new, settings):
    settings.HUB_OAUTH = False
    assert "--token" in new.refused("login", "http://localhost")
