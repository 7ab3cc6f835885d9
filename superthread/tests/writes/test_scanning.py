"""Secrets in what others read: flagged or refused, never told."""

import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from superthread.models import Finding, Memory
from superthread.scanning import finding
from superthread.services.steps import writing
from testing.clients.admin_site import Browser

MEMORIES = "/superthread/memories"
TOKEN = "ghp_" + "a1B2c3" * 6
PASSWORD = "tr0ub4dor-and-3"
SECRET = f"How to deploy.\n\nexport GITHUB_TOKEN={TOKEN}\n"
FLAG = [{"kind": "github-token", "line": 3}]
TEAM = {"scope": "team", "team_key": "alpha"}
FOUND = {
    "private-key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA",
    "aws-key": "AKIAIOSFODNN7ABCDEFG",
    "github-token": TOKEN,
    "gitlab-token": "glpat-Ab12Cd34Ef56Gh78Ij90",
    "slack-token": "xoxb-123456789012-123456789012-abcdefABCDEF",
    "stripe-key": "sk_live_" + "a1B2c3" * 4,
    "url-password": "postgres://hub:s3cretpass@db.internal/hub",
    "hub-token": "mh_" + "Ab3-_dEf" * 5,
    "google-key": "AIza" + "Sy0aB1cD2" * 3 + "eF3gH4iJ",
    "anthropic-key": "sk-ant-" + "api03-Ab1" * 5,
    "password": f'db_password = "{PASSWORD}"',
}
CLEAN = [
    "The password is in the safe: ask Mina.",
    "password: <your password>",
    "password = ${DB_PASSWORD1}",
    "See https://example.com/a:b and mail@example.com.",
    "secrets of the trade: patience",
    "비밀번호는 금고에 있다.",
    "The quick brown fox jumps over the lazy dog.",
]


@pytest.fixture(autouse=True)
def anew(settings):
    """The settings of each test count."""
    forget()
    yield
    forget()


def forget():
    finding._rules.cache_clear()
    finding._known.clear()


@pytest.fixture
def team(mina):
    mina.post("/accounts/teams", json={"team_key": "alpha"})


def url(memory):
    return f"{MEMORIES}/{memory['doc_id']}"


@pytest.mark.parametrize("kind", FOUND)
def test_each_kind_is_found_in_its_line_whatever_stands_around_it(kind):
    for text in (FOUND[kind], f"{'word ' * 400}\n\n한글 {FOUND[kind]} {'word ' * 400}"):
        found = finding.find(text, {})
        assert kind in {one.kind for one in found}, text
        assert {one.line for one in found} == {text.count("\n", 0, text.index(FOUND[kind])) + 1}


@pytest.mark.parametrize("text", CLEAN)
def test_talk_about_secrets_is_none(text):
    assert finding.find(text, {}) == ()


def test_metadata_is_looked_through_as_line_0():
    assert finding.find("nothing", {"env": {"TOKEN": TOKEN}}) == (("github-token", 0),)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("card-number", "4111 1111 1111 1111", "4111 1111 1111 1112"),
        ("kr-resident-number", "900101-1234567", "901301-1234567"),
    ],
)
def test_numbers_of_persons_count_by_setting(settings, kind, good, bad):
    assert finding.find(good, {}) == ()
    settings.HUB_SCAN_PERSONAL = [kind]
    forget()
    assert finding.find(f"a\n{good}", {}) == ((kind, 2),)
    assert finding.find(bad, {}) == ()


@pytest.mark.parametrize("piece", ["://a:", "eyJ", "password: ", "aws key ", "4111 ", "ghp_", "\n"])
def test_no_text_of_a_megabyte_takes_long(settings, piece):
    settings.HUB_SCAN_PERSONAL = ["card-number", "kr-resident-number"]
    forget()
    text = (piece * (2**20 // len(piece)))[: 2**20]
    began = time.process_time()
    finding.find(text, {})
    # A text that a pattern goes back over takes minutes.
    assert time.process_time() - began < 30


def test_a_save_for_others_is_flagged_in_its_answer_and_for_admins(mina, team):
    answer = mina.post(MEMORIES, json={"content": SECRET, **TEAM})
    assert (answer.status_code, answer.json()["findings"]) == (201, FLAG)
    assert Finding.objects.get().found == [["github-token", 3]]
    root = Browser()
    assert "How to deploy." in root.text("/admin/superthread/memory/", found="yes")
    page = root.text(f"/admin/superthread/memory/{Memory.objects.get().pk}/change/")
    assert "github-token in line 3" in page


def test_what_is_ones_own_is_not_looked_at(mina):
    answer = mina.post(MEMORIES, json={"content": SECRET})
    assert "findings" not in answer.json()
    assert not Finding.objects.exists()


def test_a_change_renews_what_was_found(mina, team):
    memory = mina.post(MEMORIES, json={"content": "nothing", **TEAM}).json()
    assert mina.patch(url(memory), json={"content": SECRET}).json()["findings"] == FLAG
    assert Finding.objects.count() == 1
    assert "findings" not in mina.patch(url(memory), json={"content": "gone"}).json()
    assert not Finding.objects.exists()
    told = mina.patch(url(memory), json={"metadata": {"token": TOKEN}}).json()["findings"]
    assert told == [{"kind": "github-token", "line": 0}]


def test_a_move_to_others_is_looked_through_and_back_it_is_forgotten(mina, team):
    memory = mina.post(MEMORIES, json={"content": SECRET}).json()
    assert mina.patch(url(memory), json=TEAM).json()["findings"] == FLAG
    assert Finding.objects.count() == 1
    assert mina.patch(url(memory), json={"scope": "personal"}).is_success
    assert not Finding.objects.exists()
    assert mina.patch(url(memory), json={"scope": "public"}).json()["findings"] == FLAG


def test_an_old_version_that_comes_back_is_looked_through(mina, team):
    memory = mina.post(MEMORIES, json={"content": SECRET, **TEAM}).json()
    mina.patch(url(memory), json={"content": "gone"})
    versions = f"/superthread/versions/{memory['doc_id']}"
    first = mina.get(versions).json()["versions"][-1]["version_id"]
    assert mina.post(f"{versions}/restore/{first}").json()["findings"] == FLAG


@pytest.fixture
def order(monkeypatch):
    """What is done from now on: texts looked through, rows locked."""
    done = []

    def noted(what, module, name):
        original = getattr(module, name)

        def call(*args, **kwargs):
            done.append(what)
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, call)

    noted("looked", finding, "_in")
    for name in ("locked", "locked_all"):
        noted("locked", writing, name)
    return done


LONG_TEXT = f"{'word ' * 400}\n\nexport GITHUB_TOKEN={TOKEN}\n"
CHANGES = [
    {"content": LONG_TEXT},
    {"metadata": {"token": TOKEN}},
    {"content": LONG_TEXT, "metadata": {"token": TOKEN}},
    {"scope": "public"},
]


@pytest.mark.parametrize("changes", CHANGES)
@pytest.mark.parametrize("at_once", [False, True])
def test_texts_are_looked_through_before_the_lock(mina, team, order, changes, at_once):
    place = {} if "scope" in changes else TEAM
    memory = mina.post(MEMORIES, json={"content": f"before {LONG_TEXT}", **place}).json()
    forget()
    order.clear()
    if at_once:
        updates = [{"doc_id": memory["doc_id"], **changes}]
        answer = mina.post("/superthread/batch/update", json={"updates": updates})
        assert answer.json()["updated_count"] == 1
    else:
        assert mina.patch(url(memory), json=changes).status_code == 200
    assert order[-1] == "locked"
    assert "looked" in order
    assert Finding.objects.count() == 1


def test_items_of_batches_are_flagged_one_by_one(mina, team):
    items = [{"content": text, **TEAM} for text in (SECRET, "nothing")]
    saved = mina.post("/superthread/batch/save", json={"memories": items}).json()["results"]
    assert [one.get("findings") for one in saved] == [FLAG, None]
    updates = [{"doc_id": saved[1]["doc_id"], "content": SECRET}]
    (told,) = mina.post("/superthread/batch/update", json={"updates": updates}).json()["results"]
    assert told["findings"] == FLAG
    assert Finding.objects.count() == 2


def refused(answer):
    """Refused with kind and line, and never with the secret."""
    told = answer.json()
    assert TOKEN not in answer.text
    return (answer.status_code, told["code"], told["findings"]) == (422, "holds-secret", FLAG)


def test_where_it_is_refused_nothing_is_left_behind(mina, team, settings):
    settings.HUB_SCAN = "refuse"
    assert refused(mina.post(MEMORIES, json={"content": SECRET, **TEAM}))
    assert refused(mina.post(MEMORIES, json={"content": SECRET, "scope": "public"}))
    memory = mina.post(MEMORIES, json={"content": "nothing", **TEAM}).json()
    assert refused(mina.patch(url(memory), json={"content": SECRET}))
    own = mina.post(MEMORIES, json={"content": SECRET}).json()
    assert refused(mina.patch(url(own), json=TEAM))
    assert refused(mina.put("/superthread/by-path/public/a.md", json={"content": SECRET}))
    assert (Memory.objects.count(), Finding.objects.count()) == (2, 0)


def test_of_a_batch_only_the_item_is_refused(mina, team, settings):
    settings.HUB_SCAN = "refuse"
    items = [{"content": text, **TEAM} for text in (SECRET, "nothing")]
    told = mina.post("/superthread/batch/save", json={"memories": items}).json()["results"]
    assert [one["status"] for one in told] == [422, 201]
    updates = [{"doc_id": told[1]["doc_id"], "content": SECRET}]
    (one,) = mina.post("/superthread/batch/update", json={"updates": updates}).json()["results"]
    assert (one["status"], one["problem"]["findings"]) == (422, FLAG)


def test_of_an_import_only_the_file_is_refused(mina, team, settings, tmp_path, run):
    for name, text in (("a", SECRET), ("b", "nothing")):
        (tmp_path / f"{name}.md").write_text(text)
    where = ("--scope", "team", "--team", "alpha")
    settings.HUB_SCAN = "refuse"
    counts, said, _ = run(tmp_path, *where)
    assert (counts["saved"], counts["failed"], TOKEN in said) == (1, 1, False)
    settings.HUB_SCAN = "flag"
    run(tmp_path, *where)
    assert Finding.objects.get().found == [["github-token", 3]]


def test_off_is_off(mina, team, settings):
    settings.HUB_SCAN = "off"
    assert "findings" not in mina.post(MEMORIES, json={"content": SECRET, **TEAM}).json()
    assert not Finding.objects.exists()
    with pytest.raises(CommandError, match="off"):
        call_command("scan_memories")


def test_a_command_looks_through_what_is_there(mina, team, settings):
    settings.HUB_SCAN = "off"
    shared = mina.post(MEMORIES, json={"content": SECRET, **TEAM}).json()
    mina.post(MEMORIES, json={"content": SECRET})
    mina.post(MEMORIES, json={"content": "nothing", **TEAM})
    settings.HUB_SCAN = "flag"
    for _ in range(2):
        said = StringIO()
        call_command("scan_memories", stdout=said)
        assert said.getvalue().splitlines() == [
            f"{shared['doc_id']}  github-token  line 3",
            "Found something in 1 of 2 memories.",
        ]


def test_what_was_found_goes_with_the_memory(mina, team):
    memory = mina.post(MEMORIES, json={"content": SECRET, **TEAM}).json()
    assert mina.delete(f"{url(memory)}?permanent=true").status_code == 204
    assert not Finding.objects.exists()


def test_the_detector_is_imported_with_the_first_scan_only():
    code = "import django; django.setup(); import memory_hub.asgi, superthread.services.save, sys;"
    code += "print('detect_secrets' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
