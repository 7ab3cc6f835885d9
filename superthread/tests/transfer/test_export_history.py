"""An export says whose each memory is, with history and grants, and comes back as it was."""

import json

import pytest
from django.core.management import CommandError

from memory_hub.accounts import services
from memory_hub.accounts.models import Team, User
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, Source
from superthread.tests.transfer.moving import bring_in, clear, lines_out, take_out, url_of


@pytest.fixture
def world(api):
    """Three people with memories of every scope, versions of two authors, grants."""
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    services.place_member(
        key="alpha", email="jun@example.com", role="member", default_role="editor", by=OPERATOR
    )
    mina, jun = api("mina@example.com"), api("jun@example.com")
    sora = api("sora@example.com")
    team = mina.save("first", scope="team", team_key="alpha", metadata={"n": [1.0, None]})
    jun.patch(url_of(team), json={"content": "second", "category": "b"})
    jun.post(f"/superthread/versions/{team['doc_id']}", params={"description": "release"})
    mina.patch(url_of(team), json={"content": "third\r\n"})
    mina.patch(url_of(team), json={"expires_at": "2999-01-01T00:00:00Z"})
    personal = mina.save("mina's own")
    grants = {"sora@example.com": "editor", "nobody@example.com": "viewer"}
    mina.post(f"/superthread/permissions/{personal['doc_id']}", json={"permissions": grants})
    sora.post(f"/superthread/shares/{personal['doc_id']}", json={"accept": True})
    sora.patch(url_of(personal), json={"content": "edited by sora"})
    public = jun.save("public", scope="public")
    offered = {"permissions": {"sora@example.com": "viewer"}}
    jun.post(f"/superthread/permissions/{public['doc_id']}", json=offered)
    return {"mina": mina, "jun": jun, "sora": sora}


def _answers(world):
    """All that each of them can be told."""
    told = {}
    for name, client in world.items():
        page = client.get("/superthread/memories", params={"scope": "all", "limit": 100})
        told[name, "list"] = page.json()
        for memory in page.json()["memories"]:
            doc_id = memory["doc_id"]
            told[name, "shares"] = [
                offer["doc_id"] for offer in client.get("/superthread/shares").json()["shares"]
            ]
            for url in (f"versions/{doc_id}?limit=50", f"permissions/{doc_id}"):
                answer = client.get(f"/superthread/{url}")
                told[name, url] = (answer.status_code, _without_id(answer.json()))
            for version in told[name, f"versions/{doc_id}?limit=50"][1].get("versions", ()):
                url = f"/superthread/versions/{doc_id}/{version['version_id']}"
                told[name, url] = client.get(url).json()
    return told


def _without_id(body):
    return {key: value for key, value in body.items() if key != "request_id"}


def test_a_whole_hub_comes_back_as_it_was(world, tmp_path):
    before = _answers(world)
    lines = lines_out(tmp_path / "all.jsonl", "--with", "history,grants")
    clear()
    said = bring_in(tmp_path / "all.jsonl", "--owners")
    assert said == "3 saved, 4 changed, 0 unchanged, 0 skipped, 0 failed"
    assert len(lines) == 7
    assert _answers(world) == before


def test_bringing_it_back_twice_changes_nothing(world, tmp_path):
    take_out(tmp_path / "all.jsonl", "--with", "history,grants")
    clear()
    bring_in(tmp_path / "all.jsonl", "--owners")
    before = _answers(world)
    said = bring_in(tmp_path / "all.jsonl", "--owners")
    assert said == "0 saved, 0 changed, 7 unchanged, 0 skipped, 0 failed"
    assert _answers(world) == before


def test_owners_and_teams_are_made_where_they_are_missing(db, tmp_path):
    line = {
        "content": "ours",
        "scope": "team",
        "team_key": "new",
        "owner": "ann@example.com",
        "source": "urn:uuid:01a204fd-ca96-731c-b865-8c7a8fdc762e",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(line))
    assert bring_in(tmp_path / "a.jsonl", "--owners").startswith("1 saved")
    memory = Memory.objects.get()
    assert (memory.owner.email, memory.team.key) == ("ann@example.com", "new")
    assert str(memory.doc_id) == line["source"].removeprefix("urn:uuid:")
    assert not User.objects.get(email="ann@example.com").has_usable_password()
    # Nobody gets into a team by a line.
    assert not Team.objects.get(key="new").memberships.exists()


def test_what_is_hers_comes_back_as_it_was_for_one_person(world, tmp_path):
    jun, doc_id = world["jun"], _owned(world["jun"])["doc_id"]
    jun.patch(f"/superthread/memories/{doc_id}", json={"content": "public, second"})
    before = _owned(jun)
    take_out(tmp_path / "jun.jsonl", "--as", "jun@example.com", "--with", "history,grants")
    lines = (tmp_path / "jun.jsonl").read_text().splitlines(keepends=True)
    hers = [line for line in lines if json.loads(line)["owner"] == "jun@example.com"]
    (tmp_path / "jun.jsonl").write_text("".join(hers))
    clear()
    bring_in(tmp_path / "jun.jsonl", "--as", "jun@example.com", "--allow-public")
    after = _owned(jun)
    # Only the id is another: it could be somebody else's.
    assert after == before | {"doc_id": after["doc_id"]}
    versions = jun.get(f"/superthread/versions/{after['doc_id']}").json()["versions"]
    assert [version["number"] for version in versions] == [2, 1]


def _owned(client):
    answer = client.get("/superthread/memories", params={"scope": "public", "limit": 100})
    (memory,) = answer.json()["memories"]
    return memory


def test_a_reader_exports_no_history_and_no_grants_of_what_she_may_only_read(world, tmp_path):
    lines = lines_out(
        tmp_path / "sora.jsonl", "--as", "sora@example.com", "--with", "history,grants"
    )
    by_owner = {line["owner"]: line for line in lines}
    assert set(by_owner) == {"mina@example.com", "jun@example.com"}
    # Of mina's she is an editor, of jun's public one a reader.
    assert "version" in by_owner["mina@example.com"]
    assert "version" not in by_owner["jun@example.com"]
    assert not any("grants" in line for line in lines)


@pytest.mark.parametrize(
    "change",
    [
        {"version": {"number": 3, "author": "a@b.example", "created_at": "2020-01-01T00:00:00Z"}},
        {"version": {"number": 1, "author": "nobody", "created_at": "2020-01-01T00:00:00Z"}},
        {"version": {"number": 1, "author": "a@b.example", "created_at": "2999-01-01T00:00:00Z"}},
        {"owner": "nobody"},
        {"owner": None},
        {"grants": {"a@b.example": "king"}},
        {"revision": 0},
    ],
)
def test_a_line_that_cannot_have_been_is_named_and_leaves_nothing(mina, tmp_path, change):
    line = {"content": "x", "owner": "mina@example.com", "source": "s", **change}
    (tmp_path / "a.jsonl").write_text(json.dumps(line))
    with pytest.raises(CommandError):
        bring_in(tmp_path / "a.jsonl", "--owners")
    assert not Memory.objects.exists()


def test_a_gap_in_a_history_is_named(mina, tmp_path):
    version = {"author": "mina@example.com", "created_at": "2020-01-01T00:00:00Z"}
    lines = [
        {"content": f"state {n}", "source": "s", "version": {**version, "number": n}}
        for n in (1, 2, 4)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(CommandError, match="1 could not"):
        bring_in(tmp_path / "a.jsonl", "--as", "mina@example.com")
    assert Memory.objects.get().content == "state 2"


def test_owners_and_one_owner_exclude_each_other(mina, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"content": "x"}')
    with pytest.raises(CommandError, match="--owners"):
        bring_in(tmp_path / "a.jsonl", "--as", "mina@example.com", "--owners")


def test_plain_lines_have_nothing_else(world, tmp_path):
    with pytest.raises(CommandError, match="--plain"):
        take_out(tmp_path / "a.jsonl", "--plain", "--with", "history")


def _rename(client, doc_id, *paths):
    for path in paths:
        answer = client.patch(f"/superthread/memories/{doc_id}", json={"path": path})
        assert answer.status_code == 200, answer.text


def test_what_was_renamed_or_named_comes_back_where_it_is(mina, tmp_path):
    moved, kept = mina.save("moved", path="a.md"), mina.save("kept", path="c.md")
    _rename(mina, moved["doc_id"], "b.md")
    mina.save("in its place", path="a.md")
    mina.post(f"/superthread/versions/{kept['doc_id']}", params={"description": "named"})
    before = _answers({"mina": mina})
    take_out(tmp_path / "all.jsonl", "--with", "history,grants")
    clear()
    assert bring_in(tmp_path / "all.jsonl", "--owners").endswith("0 skipped, 0 failed")
    assert _answers({"mina": mina}) == before


def test_a_later_line_of_one_person_moves_nothing_to_the_trash(mina, tmp_path):
    own = ["--as", "mina@example.com"]
    mina.patch(url_of(mina.save("first")), json={"content": "second"})
    lines = lines_out(tmp_path / "all.jsonl", *own, "--with", "history,grants")
    lines[-1]["deleted_at"] = "2026-01-01T00:00:00Z"
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, lines)))
    clear()
    assert bring_in(tmp_path / "all.jsonl", *own).startswith("1 saved, 1 changed")
    assert Memory.objects.get(deleted_at=None).content == "second"


@pytest.mark.drill
@pytest.mark.parametrize("person", [None, "mina@example.com"])
def test_every_path_comes_back_whoever_has_it_by_now(world, tmp_path, person):
    mina = world["mina"]
    ids = [
        mina.save(f"{path} [[b]] [x](./b.md)", path=path)["doc_id"]
        for path in ("a.md", "b.md", "c/d.md", "e")
    ]
    first, second, third, fourth = ids
    # Two change places, one becomes the folder of another, one gives its path up.
    _rename(mina, first, "t", None)
    _rename(mina, second, "a.md")
    _rename(mina, first, "b.md")
    _rename(mina, third, "x", "e2/f")
    _rename(mina, fourth, "c/d.md", None)
    mina.patch(f"/superthread/memories/{fourth}", json={"content": "[[a]]"})
    mina.post(f"/superthread/versions/{first}", params={"description": "named"})

    def told(doc_id):
        links = mina.get(f"/superthread/memories/{doc_id}/links").json()
        links["links"] = [one["memory"] and one["memory"]["path"] for one in links["links"]]
        links["backlinks"] = sorted(str(one["path"]) for one in links["backlinks"])
        kept = mina.get(f"/superthread/versions/{doc_id}?limit=50").json()["versions"]
        memory = mina.get(f"/superthread/memories/{doc_id}").json()
        return links, kept, {name: memory[name] for name in ("path", "content", "revision")}

    before = [told(doc_id) for doc_id in ids]
    assert before[0][2]["path"] == "b.md"
    own = ["--as", person] if person else []
    take_out(tmp_path / "all.jsonl", *own, "--with", "history,grants")
    if person:
        lines = (tmp_path / "all.jsonl").read_text().splitlines(keepends=True)
        hers = [line for line in lines if json.loads(line)["owner"] == person]
        (tmp_path / "all.jsonl").write_text("".join(hers))
    clear()
    said = bring_in(tmp_path / "all.jsonl", *(own or ["--owners"]))
    assert "0 skipped, 0 failed" in said
    back = [told(doc_id) for doc_id in (_ids_by_first(mina, ids) if person else ids)]
    assert back == before
    again = bring_in(tmp_path / "all.jsonl", *(own or ["--owners"]))
    assert again.startswith("0 saved, 0 changed")


def _ids_by_first(client, ids):
    """The ids of copies, in the order of the memories that they are copies of."""
    sources = dict(Source.objects.values_list("name", "memory__doc_id"))
    return [str(sources[f"urn:uuid:{doc_id}"]) for doc_id in ids]
