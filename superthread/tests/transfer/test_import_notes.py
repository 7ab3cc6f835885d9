"""Notes as people write them: front matter as it stands, encodings, dates, names of others."""

import json

import pytest
from django.core.management import CommandError, call_command

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR


def _mine(client):
    return client.get("/superthread/memories", params={"scope": "all", "limit": 100}).json()[
        "memories"
    ]


def _only(client):
    (memory,) = _mine(client)
    return memory


@pytest.fixture
def note(run, mina, tmp_path):
    """``note("---\\n…", "--lenient")``: the memory that a note becomes and what stderr said."""

    def imported(text, *options, name="note.md"):
        raw = text if isinstance(text, bytes) else text.encode()
        (tmp_path / name).write_bytes(raw)
        _, err, failed = run(tmp_path, *options)
        return (None if failed else _only(mina)), err

    return imported


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("10:11", "10:11"),
        ("02134", "02134"),
        ("1.10", "1.10"),
        ("2.5", 2.5),
        ("1.2.3", "1.2.3"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("true", True),
        ("~", None),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        ("+7", "+7"),
        ("-7", -7),
        ("9223372036854775808", "9223372036854775808"),
        (".nan", ".nan"),
        (".5", ".5"),
        ("2026-01-02", "2026-01-02"),
        ("2026-01-02 03:04:05", "2026-01-02 03:04:05"),
        ('"7"', "7"),
        ("!!str 7", "7"),
        ("[NO, 010, {on: off}]", ["NO", "010", {"on": "off"}]),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_a_value_of_front_matter_stays_as_it_is_written(note, written, kept):
    memory, _ = note(f"---\nvalue: {written}\n---\ntext")
    assert memory["metadata"] == {"value": kept, "path": "note.md"}
    assert type(memory["metadata"]["value"]) is type(kept)


def test_keys_of_front_matter_stay_as_they_are_written(note):
    memory, _ = note("---\nNo: 3\non: true\nyes: keep\n2024: x\n<<: {a: 1}\n---\ntext")
    expected = {"No": 3, "on": True, "yes": "keep", "2024": "x", "<<": {"a": 1}, "path": "note.md"}
    assert memory["metadata"] == expected


def test_two_equal_dates_are_taken_as_yaml_writers_write_them(note):
    moment = "2026-01-02 03:04:05+00:00"
    memory, _ = note(f"---\ncreated: &id001 {moment}\nupdated: *id001\n---\ntext")
    expected = {"created": moment, "updated": moment, "path": "note.md"}
    assert memory["metadata"] == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n  \n"])
def test_a_personal_note_stays_personal_where_the_command_names_a_team(note, end, before):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    # Longer than anybody writes by hand.
    lines = ["---", "scope: personal", *(f"line{n}: {'x' * 60}" for n in range(400)), "---", "mine"]
    memory, _ = note(before.replace("\n", end) + end.join(lines), "--team", "alpha")
    assert (memory["scope"], memory["team_key"], memory["content"]) == ("personal", None, "mine")


def test_toml_between_pluses_is_front_matter_too(note):
    memory, _ = note('+++\ncategory = "a"\nv = 1.10\nday = 2026-01-02\n+++\ntext')
    assert (memory["category"], memory["content"]) == ("a", "text")
    assert memory["metadata"] == {"v": "1.10", "day": "2026-01-02", "path": "note.md"}


def test_a_public_note_needs_the_word_of_the_command(note):
    assert note("---\nscope: public\n---\ntext")[0] is None
    assert note("---\nscope: public\n---\ntext", "--allow-public")[0]["scope"] == "public"


def test_what_is_refused_is_named_with_its_line(note):
    for text, line in [
        ("---\na: 1\ntitle: Re: hello\n---\nx", 3),
        ("\n---\na: 1\nb: !!binary aGVsbG8=\n---\nx", 4),
        ("---\na: 1\nb: 2\na: 3\n---\nx", 4),
    ]:
        memory, err = note(text)
        assert memory is None
        assert f"at line {line}" in err


def test_odd_front_matter_is_kept_as_it_stands_where_that_is_asked_for(note):
    text = "---\ntitle: Re: hello from the harbour\ntags: [boats]\nphoto: !!binary aGk=\n---\ntext"
    memory, err = note(text, "--lenient")
    assert memory["metadata"] == {
        "title": "Re: hello from the harbour",
        "tags": ["boats"],
        "photo": "!!binary aGk=",
        "path": "note.md",
    }
    assert (memory["content"], "line 2" in err) == ("text", True)


def test_an_odd_scope_is_refused_even_so(note):
    for text in (
        "---\nscope: [personal\nx: y\n---\nt",
        "---\nScope: team\n---\nt",
        "---\nscope: a\n",
    ):
        assert note(text, "--lenient")[0] is None


def test_a_note_that_is_front_matter_alone_is_a_memory(note):
    memory, _ = note("---\ntitle: Kitchen renovation\ntags: garden\naliases: [Küche]\n---\n")
    assert memory["content"] == "Kitchen renovation"
    assert memory["metadata"]["aliases"] == ["Küche"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("회의록: 배포 계획\n", "cp949"),
        ("회의록: 배포 계획\n", "utf-16"),
        ("회의록: 배포 계획\n", "utf-16-le"),
        ("Plain words, no mark\n", "utf-16-be"),
        ("会議録\n", "utf-16-be"),
        ("会議録：デプロイ計画\n", "shift_jis"),
        ("Café crème – “déjà vu”\n", "cp1252"),
        ("Grüße\n", "cp1252"),
        ("회의록\n", "utf-8-sig"),
    ],
)
def test_the_encoding_of_a_note_is_found_out_where_that_is_asked_for(note, text, encoding):
    assert note(text.encode(encoding), "--encoding", "auto")[0]["content"] == text


def test_what_would_be_letters_that_nobody_types_is_refused(note):
    """Cyrillic, whose encodings are to be named, became half-width katakana."""
    raw = "---\nscope: personal\n---\nРешили на встрече\n".encode("koi8-r")
    memory, err = note(raw, "--encoding", "auto")
    assert (memory, "name it with --encoding" in err) == (None, True)


def test_an_encoding_can_be_named(note):
    text = "Решили на встрече"
    assert note(text.encode("cp1251"), "--encoding", "cp1251")[0]["content"] == text


def test_a_binary_file_is_none_whatever_the_encoding(run, mina, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xb1\xa2")
    assert run(tmp_path, "--encoding", "auto")[0]["skipped"] == 1


def test_dates_of_front_matter_are_the_memorys(note):
    memory, _ = note("---\ndate: 2020-01-02\nmodified: 2021-02-03T04:05:06+09:00\n---\ntext")
    assert memory["created_at"] == "2020-01-02T00:00:00.000000Z"
    assert memory["updated_at"] == "2021-02-02T19:05:06.000000Z"
    assert memory["metadata"]["date"] == "2020-01-02"


@pytest.mark.parametrize("when", ["yesterday", "2999-01-01", "2026-13-45", "0001-01-01"])
def test_what_is_no_past_date_is_metadata_alone(note, when):
    memory, _ = note(f"---\ncreated: {when}\n---\ntext")
    assert memory["metadata"]["created"] == when
    assert memory["created_at"] == memory["updated_at"]


def test_dates_of_a_line_are_kept_and_judged(run, mina, tmp_path):
    lines = [
        {"content": "old", "created_at": "2020-01-02T03:04:05Z"},
        {"content": "next year's", "created_at": "2999-01-01T00:00:00Z"},
        {
            "content": "backwards",
            "created_at": "2020-01-02T03:04:05Z",
            "updated_at": "2019-01-02T03:04:05Z",
        },
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    counts, _, _ = run(tmp_path / "a.jsonl")
    assert (counts["saved"], counts["failed"]) == (1, 2)
    assert _only(mina)["created_at"] == "2020-01-02T03:04:05.000000Z"


def test_fields_of_others_go_where_the_map_says(run, mina, tmp_path):
    line = {"text": "hi", "tags": ["a"], "group": "g", "score": 7, "made": "2020-01-02T03:04:05Z"}
    (tmp_path / "a.jsonl").write_text(json.dumps(line))
    rules = ["--map", "text=content", "tags=metadata.note.tags", "group=category"]
    rules += ["made=created_at"]
    counts, err, _ = run(tmp_path / "a.jsonl", *rules)
    assert (counts["failed"], "score" in err) == (1, True)
    assert run(tmp_path / "a.jsonl", *rules, "--rest", "metadata")[0]["saved"] == 1
    memory = _only(mina)
    assert (memory["content"], memory["category"]) == ("hi", "g")
    assert memory["metadata"] == {"note": {"tags": ["a"]}, "score": 7}
    assert memory["created_at"].startswith("2020-01-02")


def test_fields_of_front_matter_go_where_the_map_says(note):
    text = "---\ntopic: cooking\ntags: [a]\nscope: personal\n---\ntext"
    memory, _ = note(text, "--map", "topic=category", "tags=metadata.labels")
    assert memory["category"] == "cooking"
    assert memory["metadata"] == {"labels": ["a"], "path": "note.md"}


def test_a_text_gives_way_to_no_field_that_is_mapped_to_it(note):
    rules = ("--map", "body=content")
    memory, err = note("---\nbody: the field\n---\nthe text", *rules)
    assert (memory, "text behind it" in err) == (None, True)
    memory, err = note("---\nbody: 5\n---\n", *rules)
    assert (memory, "content: Text is expected" in err) == (None, True)
    assert note("---\nbody: the field\n---\n", *rules)[0]["content"] == "the field"


@pytest.mark.parametrize(
    "options",
    [
        ["--map", "a=nowhere"],
        ["--map", "a=metadata..b"],
        ["--map", "a"],
        ["--encoding", "base64"],
        ["--encoding", "no-such"],
    ],
)
def test_options_that_cannot_be_followed_are_refused(mina, tmp_path, options):
    (tmp_path / "a.md").write_text("x")
    with (
        pytest.raises(CommandError, match=options[0])
        if options[0] == "--map"
        else pytest.raises(CommandError, match="encoding")
    ):
        call_command("import_memories", str(tmp_path), "--as", "mina@example.com", *options)
    assert _mine(mina) == []


def test_two_fields_that_go_to_one_place_are_an_error_of_the_line(run, mina, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"content": "a", "text": "b"}\n{"content": "c"}')
    counts, err, _ = run(tmp_path / "a.jsonl", "--map", "text=content")
    assert (counts["saved"], counts["failed"], "a.jsonl:1" in err) == (1, 1, True)
