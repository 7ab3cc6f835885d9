"""Front matter of every kind: read as it is meant or refused, and never a wider scope."""

import contextlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, Scope


@pytest.fixture
def became(mina, tmp_path):
    """``became(text)``: the memory of a note where the default is the team, None where refused."""
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)

    def run(text, *options):
        Memory.objects.all().delete()
        (tmp_path / "note.md").write_bytes(text.encode())
        command = ["import_memories", str(tmp_path), "--as", "mina@example.com", "--team", "alpha"]
        with contextlib.suppress(CommandError):
            call_command(
                *command, *options, "--verbosity", "0", stdout=StringIO(), stderr=StringIO()
            )
        return Memory.objects.first()

    return run


JSON_HEAD = '{\n  "title": "T",\n  "n": 1.10,\n  "big": 99999999999999999999\n}\ntext\n'


@pytest.mark.parametrize("head", ["", "\ufeff", "\n"])
def test_an_object_at_the_head_is_front_matter(became, head):
    memory = became(head + JSON_HEAD)
    assert (memory.content, memory.title) == ("text\n", "T")
    expected = {"title": "T", "n": "1.10", "big": "99999999999999999999", "path": "note.md"}
    assert memory.metadata == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"scope": "personal"}\ntext\n',
        '{\n"title": "x",\n"scope": "personal"\n}\n\ntext\n',
        '{"scope": "personal", "title": "alone"}\n',
        '---json\n{"scope": "personal"}\n---\ntext\n',
        "---yaml\nscope: personal\n---\ntext\n",
        '---toml\nscope = "personal"\n---\ntext\n',
        '+++\r\nscope = "personal"\r\n+++\r\ntext\n',
        '+++\rscope = "personal"\rn = 1\r+++\rtext\n',
        "\ufeff\ufeff---\nscope: personal\n---\ntext\n",
        '\ufeff\n{"scope": "personal"}\ntext\n',
    ],
)
def test_a_note_that_says_personal_is_personal(became, text):
    assert Scope(became(text).scope) is Scope.PERSONAL


# Each says, in a way that no program writes, that it is not for everybody.
SAYS = [
    '{"title": "x", "scope": "personal",}\ntext\n',
    '{"title": "x", "scope": "personal"} text\n',
    "{'scope': 'personal'}\ntext\n",
    '{"scope": "personal", "scope": "team"}\ntext\n',
    '{"Scope": "personal"}\ntext\n',
    '{"a": 1}\n{"scope": "personal",}\n',
    '{"scope": "personal"}\n{"scope": "personal"}\n',
    ';;;\n"scope": "personal"\n;;;\ntext\n',
    "---ruby\nscope: personal\n---\ntext\n",
    '---json\n{"scope": "personal",}\n---\ntext\n',
    '---json\n["scope: personal"]\n{"scope": 1}\n---\ntext\n',
    "scope: personal\n---\ntext\n",
    "title: x\nscope: personal\n\ntext\n",
    "  ---\n  scope: personal\n  ---\ntext\n",
    "---\u00a0\nscope: personal\n---\ntext\n",
    "----\nscope: personal\n----\ntext\n",
    "<!-- scope: personal -->\ntext\n",
    "#+SCOPE: personal\ntext\n",
    ":scope: personal\ntext\n",
    "```yaml\nscope: personal\n```\ntext\n",
    "\u200b---\nscope: personal\n---\ntext\n",
    "\u2014\nscope: personal\n\u2014\ntext\n",
    "+++\nscope: personal\n+++\ntext\n",
    "---\rtitle x\rscope = personal\r---\rtext\r",
    "title: x\rscope: personal\r\rtext\r",
    "---\rtitle x\rscope: personal\rtext\r",
    "+++\nscope = personal\n+++\ntext\n",
    '+++\nscope = "personal"\n---\ntext\n',
    '---\nscope = "personal"\n---\ntext\n',
    "---\n? scope\n: personal\n---\ntext\n",
    "---\n{scope: personal\n---\ntext\n",
    "---\n- title: x\n- scope: personal\n---\ntext\n",
    "---\nscope: personal\n... \ttext\n",
    "---\nx: |\n  y\nscope: personal\n --- \ntext\n",
    "---\nscope: |\n  personal\n---\ntext\n",
    "---\nscope: [personal]\n---\ntext\n",
    "---\nscope: !mine personal\n---\ntext\n",
    "---\nscope: *here\n---\ntext\n",
    "---\n\u0455cope: personal\nscope:\u00a0personal\n---\ntext\n",
    "---\nscope\uff1apersonal\n---\ntext\n",
    '---\n"sc\\u006Fpe" : personal\n<<: {scope: team}\nscope: x\n---\ntext\n',
]


@pytest.mark.parametrize("options", [[], ["--lenient"]])
@pytest.mark.parametrize("text", SAYS)
def test_a_note_that_says_so_oddly_does_not_go_to_the_team(became, text, options):
    memory = became(text, *options)
    assert memory is None or Scope(memory.scope) is Scope.PERSONAL


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}\n',
        '{"a": 1}\n{"a": 2}\n',
        '{"category": "x", "a": 1}\n{"category": "y"}\n',
        '{"scope": "openid"}\n{"scope": "email"}\n',
        '{"category": "alone"}\n',
        "{{ template }}\ntext\n",
        "{% raw %}\ntext\n",
        "{not json}\ntext\n",
        "{}: the empty set\n",
        "[]\ntext\n",
        "Scope: what this page is about.\n",
        "Scope\n=====\nPersonal\n",
        "scope" + "=" * 500_000 + "\n",
        "# Scope\n\nscope: personal is a word of front matter.\n",
        "text\n\n---\nscope: personal\n---\n",
        "---\n\ntext\n\n---\n",
        "--- ruby ---\ntext\n",
        "+++ b/file.py\n@@ -1 +1 @@\n-scope = 1\n",
    ],
)
def test_what_is_no_front_matter_stays_text(became, text):
    memory = became(text)
    assert memory.content == text
    assert Scope(memory.scope) is Scope.TEAM
    assert memory.metadata == {"path": "note.md"}


def test_numbers_of_toml_that_have_no_room_are_texts(became):
    memory = became("+++\nbig = 99999999999999999999\nn = inf\nv = 1.10\n+++\ntext\n")
    assert memory.metadata == {"big": "99999999999999999999", "n": "inf", "v": "1.10"} | {
        "path": "note.md"
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('---json\n{"a": 1,\n"b" 2}\n---\ntext\n', 3),
        ("+++\na = 1\nb = =\n+++\ntext\n", 3),
    ],
)
def test_the_line_that_cannot_be_read_is_named(mina, tmp_path, text, line):
    (tmp_path / "note.md").write_text(text)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("import_memories", str(tmp_path), "--as", "mina@example.com", stderr=err)
    assert f"at line {line}" in err.getvalue()
