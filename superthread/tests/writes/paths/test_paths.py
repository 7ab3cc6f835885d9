"""Paths: an address of one's own choosing, one memory's in its space."""

from datetime import timedelta

import pytest
from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, PathName

URL = "/superthread/memories"


def refusal(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def saved(client, path, **more):
    return client.post(URL, json={"content": f"At {path}.", "path": path, **more})


def expire(doc_id) -> None:
    Memory.objects.filter(doc_id=doc_id).update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def team(api):
    for email in ("mina@example.com", "jun@example.com"):
        services.place_member(key="alpha", email=email, role="member", by=OPERATOR)
    return {"scope": "team", "team_key": "alpha"}


@pytest.mark.parametrize("path", ["a", "a b/c.md", "회의/메모", "/".join("x" * 20)])
def test_a_memory_is_saved_at_its_path(mina, path):
    memory = saved(mina, path).json()
    assert memory["path"] == path
    assert mina.get(f"{URL}/{memory['doc_id']}").json()["path"] == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/a", "a/", "a//b", ".", "..", "a/./b", "../b", "a/..", "/".join("x" * 21)),
        *("가" * 342, "a\nb", "a\u202eb", "a/\u200b", "a/ /b", 7),
    ],
)
def test_what_is_no_path_is_refused_and_nothing_is_saved(mina, path):
    answer = saved(mina, path)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/path"
    assert not Memory.objects.exists()


def test_a_path_is_kept_in_one_normal_form(mina):
    assert saved(mina, "cafe\u0301.md").json()["path"] == "caf\u00e9.md"


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        *(("a/b.md", "a/b.md"), ("a/B.md", "a/b.md"), ("a/b.md", "a/b"), ("a", "a.md.md")),
        *(("straße", "STRASSE"), ("caf\u00e9", "cafe\u0301.md"), ("A/b", "a/B")),
        # A folder of another.
        *(("a/b", "a"), ("a/b/c", "a"), ("a/b/c", "A/B"), ("a", "a/b"), ("A", "a/b/c")),
    ],
)
def test_what_may_be_taken_for_another_path_is_refused(mina, there, wanted):
    saved(mina, there)
    assert refusal(saved(mina, wanted)) == (409, "path-taken")
    other = mina.save("Elsewhere.")["doc_id"]
    assert refusal(mina.patch(f"{URL}/{other}", json={"path": wanted})) == (409, "path-taken")
    assert Memory.objects.filter(path__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("there", "wanted"),
    [("notes.md", "notes/a.md"), ("a/b", "a/c"), ("ab/c", "a"), ("a/b.md", "a.md"), ("a-b", "a/b")],
)
def test_what_nobody_takes_for_another_is_beside_it(mina, there, wanted):
    assert saved(mina, there).status_code == 201
    assert saved(mina, wanted).status_code == 201


def test_a_path_is_unique_in_its_space_and_in_the_publics_for_each_owner(mina, api, team):
    jun = api("jun@example.com")
    for place in ({"scope": "personal"}, {"scope": "public"}):
        assert saved(mina, "a", **place).status_code == 201
        assert saved(jun, "a", **place).status_code == 201
        assert saved(jun, "A.md", **place).status_code == 409
    assert saved(mina, "a", **team).status_code == 201
    assert saved(jun, "a", **team).status_code == 409


def test_a_rename_is_a_version_and_frees_the_path_before(mina):
    memory = saved(mina, "a/b").json()["doc_id"]
    url = f"{URL}/{memory}"
    renamed = mina.patch(url, json={"path": "a"}).json()
    assert (renamed["path"], renamed["revision"]) == ("a", 2)
    versions = mina.get(f"/superthread/versions/{memory}").json()["versions"]
    assert [one["path"] for one in versions] == ["a", "a/b"]
    assert mina.patch(url, json={"path": "a"}).json()["revision"] == 2
    # From the file that it is into the folder of that name.
    assert mina.patch(url, json={"path": "a/b/c"}).status_code == 200
    assert saved(mina, "a/b.md").status_code == 201
    assert mina.patch(url, json={"path": None}).json()["path"] is None
    assert saved(mina, "a").status_code == 409
    assert saved(mina, "a/b/c").status_code == 201


def test_an_old_version_is_put_back_at_the_present_path(mina):
    memory = saved(mina, "a").json()["doc_id"]
    mina.patch(f"{URL}/{memory}", json={"path": "b", "content": "Another."})
    first = mina.get(f"/superthread/versions/{memory}").json()["versions"][-1]["version_id"]
    back = mina.post(f"/superthread/versions/{memory}/restore/{first}").json()
    assert (back["path"], back["content"]) == ("b", "At a.")


def test_only_owners_and_administrators_set_paths(mina, api):
    memory = mina.save("A note.")["doc_id"]
    roles = {"jun@example.com": "editor", "sora@example.com": "admin"}
    mina.post(f"/superthread/permissions/{memory}", json={"permissions": roles})
    editor, admin = api("jun@example.com"), api("sora@example.com")
    assert editor.patch(f"{URL}/{memory}", json={"path": "a"}).status_code == 403
    assert admin.patch(f"{URL}/{memory}", json={"path": "a"}).json()["path"] == "a"


def test_the_trash_frees_a_path_and_gives_back_one_that_is_free(mina):
    first = saved(mina, "a").json()["doc_id"]
    url = f"{URL}/{first}"
    mina.delete(url)
    assert mina.post(f"{url}/undelete").json()["path"] == "a"
    mina.delete(url)
    second = saved(mina, "A").json()["doc_id"]
    assert refusal(mina.post(f"{url}/undelete")) == (409, "path-taken")
    assert mina.post(f"{url}/undelete", json={"path": "a/"}).status_code == 400
    back = mina.post(f"{url}/undelete", json={"path": "b"}).json()
    assert (back["path"], back["revision"]) == ("b", 2)
    mina.delete(f"{URL}/{second}")
    assert mina.patch(url, json={"path": "a"}).status_code == 200
    assert mina.post(f"{URL}/{second}/undelete", json={"path": None}).json()["path"] is None


def test_a_write_takes_over_the_path_of_what_has_expired(mina):
    first = saved(mina, "notes/a").json()["doc_id"]
    expire(first)
    second = saved(mina, "Notes/A.md")
    assert second.status_code == 201
    expire(second.json()["doc_id"])
    # A whole folder of it.
    assert saved(mina, "notes").status_code == 201


def test_who_moves_to_a_space_where_the_path_is_taken_is_refused(mina, api, team):
    saved(mina, "a", **team)
    memory = saved(mina, "A").json()["doc_id"]
    url = f"{URL}/{memory}"
    assert refusal(mina.patch(url, json=team)) == (409, "path-taken")
    assert mina.patch(url, json={**team, "path": "b"}).json()["path"] == "b"
    assert saved(mina, "A").status_code == 201
    assert refusal(mina.patch(url, json={"scope": "personal", "path": "a"}))[0] == 409


def test_who_takes_a_memory_over_keeps_its_path_if_it_is_free(mina, api):
    jun = api("jun@example.com")
    memory = saved(mina, "a").json()["doc_id"]
    url = f"{URL}/{memory}/transfer"
    mina.post(url, json={"to": "jun@example.com"})
    mine = saved(jun, "A").json()["doc_id"]
    assert refusal(jun.post(url, json={"accept": True})) == (409, "path-taken")
    jun.patch(f"{URL}/{mine}", json={"path": "b"})
    assert jun.post(url, json={"accept": True}).status_code == 200
    assert jun.get(f"{URL}/{memory}").json()["path"] == "a"
    assert saved(mina, "a").status_code == 201


def test_each_item_of_a_batch_has_its_own_refusal(mina):
    saved(mina, "a")
    paths = ["b", "A.md", "c/d", "c", "B", None, "e"]
    items = [{"content": f"{n}", "path": path} for n, path in enumerate(paths)]
    answer = mina.post("/superthread/batch/save", json={"memories": items}).json()
    assert [one["status"] for one in answer["results"]] == [201, 409, 201, 409, 409, 201, 201]
    ids = [one["doc_id"] for one in answer["results"] if "doc_id" in one]
    renames = [{"doc_id": one, "path": path} for one, path in zip(ids, "xaxy", strict=True)]
    answer = mina.post("/superthread/batch/update", json={"updates": renames}).json()
    assert [one["status"] for one in answer["results"]] == [200, 409, 409, 200]
    whole = {"memories": [{"content": "1", "path": "z"}, {"content": "2", "path": "Z"}]}
    assert mina.post("/superthread/batch/save", json={**whole, "atomic": True}).status_code == 409
    assert saved(mina, "z").status_code == 201


def test_names_go_with_their_memories_and_empty_folders_in_time(mina):
    from superthread.services import lifecycle

    memory = saved(mina, "a/b/c").json()["doc_id"]
    assert set(PathName.objects.values_list("name", flat=True)) == {"a", "a/b", "a/b/c"}
    mina.delete(f"{URL}/{memory}", params={"permanent": "true"})
    lifecycle.purge_due(by=OPERATOR)
    assert not PathName.objects.exists()


def test_the_longest_paths_have_their_names(mina):
    for path in ("\u0149" * 512, "\u0390" * 512, "a" * 1024, "/".join(["가" * 16] * 20)):
        assert saved(mina, path).status_code == 201


def test_who_went_to_the_trash_without_telling_is_in_nobodys_way(mina):
    first = saved(mina, "a/b").json()["doc_id"]
    Memory.objects.update(deleted_at=timezone.now())
    second = saved(mina, "a").json()["doc_id"]
    mina.delete(f"{URL}/{second}")
    Memory.objects.filter(doc_id=first).update(deleted_at=timezone.now())
    assert mina.post(f"{URL}/{first}/undelete").json()["path"] == "a/b"


def test_what_expired_keeps_its_path_while_nobody_wants_it(mina):
    beside = saved(mina, "notes/old.md").json()["doc_id"]
    expire(beside)
    assert saved(mina, "notes/new.md").status_code == 201
    assert Memory.objects.get(doc_id=beside).path == "notes/old.md"
