"""A vault of odd notes: each becomes what its writer meant or is named, and none harms another."""

import contextlib
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, Scope

HEAD = "---\n{}\n---\ntext\n"
# What the front matter says, and what is in the metadata then; None where the file is refused.
SCALARS = {
    "t: 10:11": "10:11",
    "t: 22:22:22": "22:22:22",
    "t: 007": "007",
    "t: 1.0": 1.0,
    "t: 1.10": "1.10",
    "t: 1.2.3": "1.2.3",
    "t: v2": "v2",
    "t: NO": "NO",
    "t: Yes": "Yes",
    "t: on": "on",
    "t: n": "n",
    "t: true": True,
    "t: False": False,
    "t: null": None,
    "t:": None,
    "t: ''": "",
    "t: 0": 0,
    "t: -0": "-0",
    "t: 1e5": "1e5",
    "t: 0b11": "0b11",
    "t: 12_000": "12_000",
    "t: 3.14": 3.14,
    "t: 2026-11-28": "2026-11-28",
    "t: 2026-11-28T10:00:00Z": "2026-11-28T10:00:00Z",
    "t: 010-1234-5678": "010-1234-5678",
    "t: '@mina'": "@mina",
    "t: c#": "c#",
    "t: a # note": "a",
    "t: |\n  two\n  lines": "two\nlines\n",
    "t: >\n  one\n  line": "one line\n",
    "t: [1, 01, 1.50]": [1, "01", "1.50"],
    "t: {on: 1}": {"on": 1},
    "t: 한글: 값": None,
    "t: '한글: 값'": "한글: 값",
    "t: 'it''s'": "it's",
    't: "tab\\there"': "tab\there",
    "t: 99999999999999999999": "99999999999999999999",
    "t: .inf": ".inf",
    "t: !!str 007": "007",
    "t: ~": None,
}
REFUSED = [
    "t: Re: hello",
    "t: !!binary aGk=",
    "t: !!set {a}",
    "t: !!python/name:os.system x",
    "t: !mine x",
    "t: &a [1]\nu: *a",
    f"t: &a {'long ' * 20}\nu: *a",
    "t: *nowhere",
    "t: 1\nt: 2",
    "t: [1, 2",
    "t: 'open",
    "\tt: 1",
    "? [a]\n: b",
    "scope: public",
    "Scope: personal",
    "scope: Personal",
    "team-key: alpha",
    "scope: team\nteam_key: foreign",
    "category: [a]",
    "t: @mina",
    "t: %a",
]
TEXTS = {
    "ruler.md": "---\n\nAfter a ruler\n\n---\nend",
    "list.md": "---\n- a\n- b\n---\nend",
    "dashes.md": "----\na: 1\n----\nend",
    "empty-block.md": "---\n---\nend",
    "plain.md": "No front matter: none",
    "later.md": "text\n---\nscope: public\n---\nend",
}


def test_a_vault_of_odd_notes_comes_in_as_it_was_meant(run, mina, tmp_path):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    good = {head: kept for head, kept in SCALARS.items() if head != "t: 한글: 값"}
    bad = [*REFUSED, "t: 한글: 값"]
    for number, head in enumerate(good):
        (tmp_path / f"good{number}.md").write_text(HEAD.format(head))
        # Each beside a word that its scope is personal: the team must not get it.
        (tmp_path / f"mine{number}.md").write_text(HEAD.format(f"scope: personal\n{head}"))
    for number, head in enumerate(bad):
        (tmp_path / f"bad{number}.md").write_text(HEAD.format(head))
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    counts, err, _ = run(tmp_path, "--team", "alpha", "--verbosity", "0")
    assert "Traceback" not in err
    assert counts["failed"] == len(bad)
    assert all(f"bad{number}.md: failed" in err for number in range(len(bad)))
    found = {}
    for page in (_page(mina, "personal"), _page(mina, "team"), _page(mina, "public")):
        found |= {memory["metadata"]["path"]: memory for memory in page}
    assert len(found) == 2 * len(good) + len(TEXTS)
    for number, kept in enumerate(good.values()):
        for name, scope in ((f"good{number}.md", "team"), (f"mine{number}.md", "personal")):
            memory = found[name]
            value = memory["metadata"]["t"]
            assert (value, type(value), memory["scope"]) == (kept, type(kept), scope)
            assert memory["content"] == "text\n"
    for name, text in TEXTS.items():
        assert (found[name]["content"], found[name]["scope"]) == (text, "team")


def _page(client, scope):
    answer = client.get("/superthread/memories", params={"scope": scope, "limit": 100})
    return answer.json()["memories"]


# A note that says for whom it is, in a way that is no entry of front matter.
ODD_PLACES = [
    "scope:personal",
    "scope = personal",
    "- scope: personal",
    "title: x\nscope:personal",
    "Team Key: beta",
]


@pytest.mark.parametrize("options", [[], ["--lenient"]])
@pytest.mark.parametrize("head", ODD_PLACES)
def test_a_place_that_cannot_be_read_is_refused(vault_of, head, options):
    assert vault_of(HEAD.format(head), *options) == []


@pytest.mark.parametrize("options", [[], ["--lenient"]])
@pytest.mark.parametrize("before", ["", "# a comment\n", "\n", "# a comment\ntitle: x\n"])
def test_a_place_in_front_matter_without_an_end_is_refused(vault_of, before, options):
    assert vault_of(f"---\n{before}scope: personal\n\ntext\n", *options) == []
    assert vault_of(f"---\n{before}{{scope: personal}}\n\ntext\n", *options) == []


@pytest.mark.parametrize(
    "text",
    [
        "---\nNothing of scope in it\n---\ntext\n",
        "---\n\n# Heading\n\nScope: what this page is about.\n",
        "---\ntitle: x\ntext: |\n  scope: y\n---\ntext\n",
    ],
)
def test_a_text_with_rulers_or_a_word_of_ours_inside_is_kept(vault_of, text):
    assert vault_of(text) == ["team"]


@pytest.fixture
def vault_of(mina, tmp_path):
    """The scopes of what is imported of a note, where the default is the team."""
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)

    def run(text, *options):
        (tmp_path / "note.md").write_text(text)
        command = ["import_memories", str(tmp_path), "--as", "mina@example.com", "--team", "alpha"]
        with contextlib.suppress(CommandError):
            call_command(
                *command, *options, "--verbosity", "0", stdout=StringIO(), stderr=StringIO()
            )
        return [Scope(memory.scope).label for memory in Memory.objects.all()]

    return run


@pytest.mark.parametrize("written", ["2026-03-01", "2026-03-01 10:00", "2026-03-01T10:00:00Z"])
def test_a_date_that_is_mapped_is_read_as_one_that_is_known(mina, tmp_path, written):
    (tmp_path / "note.md").write_text(f"---\npublished: {written}\n---\ntext\n")
    (tmp_path / "lines.jsonl").write_text(json.dumps({"text": "line", "published": written}))
    rules = ["--map", "published=created_at", "text=content"]
    for path in (tmp_path / "note.md", tmp_path / "lines.jsonl"):
        command = ["import_memories", str(path), "--as", "mina@example.com", *rules]
        call_command(*command, verbosity=0, stdout=StringIO())
    days = [memory.created_at.date().isoformat() for memory in Memory.objects.all()]
    assert days == ["2026-03-01"] * 2
