"""Lists by paths: what begins with a prefix, down to a depth, in the order of paths."""

import pytest

URL = "/superthread/memories"
PATHS = ["a", "a.md.b", "notes.md", "notes/a", "notes/b/c", "notes/b/d/e", "notes2/x", "회의/가"]


@pytest.fixture
def filed(mina):
    items = [{"content": f"zebra {path}", "path": path} for path in reversed(PATHS)]
    items.append({"content": "zebra without a path"})
    assert mina.post("/superthread/batch/save", json={"memories": items}).json()["saved_count"] == 9
    return mina


def listed(client, **query):
    """The paths over all pages of two."""
    found, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = client.get(URL, params={"limit": "2", **query, **more}).json()
        found += [memory["path"] for memory in page["memories"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"sort": "path"}, PATHS),
        ({"path_prefix": "notes/"}, ["notes/a", "notes/b/c", "notes/b/d/e"]),
        ({"path_prefix": "notes"}, PATHS[2:7]),
        ({"path_prefix": "notes/", "depth": "1"}, ["notes/a"]),
        ({"path_prefix": "notes/", "depth": "2"}, ["notes/a", "notes/b/c"]),
        ({"path_prefix": "notes/b/c", "depth": "1"}, ["notes/b/c"]),
        ({"depth": "1"}, ["a", "a.md.b", "notes.md"]),
        ({"depth": "20", "scope": "all"}, PATHS),
        ({"path_prefix": "회"}, ["회의/가"]),
        ({"path_prefix": "nothing"}, []),
        ({"path_prefix": "notes/", "category": "default"}, PATHS[3:6]),
        ({"path_prefix": "notes/", "owner": "me", "depth": "2"}, PATHS[3:5]),
        ({"path_prefix": "notes/", "origin": "own"}, PATHS[3:6]),
        ({"path_prefix": "notes/", "origin": "shared"}, []),
    ],
)
def test_a_list_by_path(filed, query, expected):
    assert listed(filed, **query) == expected


def test_it_may_go_by_time_all_the_same(filed):
    assert listed(filed, path_prefix="notes/", sort="created") == PATHS[3:6]
    (first,) = filed.get(URL, params={"path_prefix": "notes/a"}).json()["memories"]
    filed.patch(f"{URL}/{first['doc_id']}", json={"content": "Changed."})
    assert listed(filed, path_prefix="notes/", sort="updated")[0] == "notes/a"


def test_its_total_is_counted(filed):
    answer = filed.get(URL, params={"path_prefix": "notes/", "depth": "2", "total": "true"}).json()
    assert answer["total"] == 2


def test_the_same_paths_of_several_owners_are_all_there(mina, api):
    for client in (mina, api("jun@example.com"), api("sora@example.com")):
        for path in ("a", "b"):
            client.save("A note.", path=path, scope="public")
    assert listed(mina, scope="public", sort="path") == ["a"] * 3 + ["b"] * 3
    assert listed(mina, scope="public", path_prefix="b", owner="jun@example.com") == ["b"]


def test_a_list_kept_is_outdated_by_a_rename(filed):
    assert listed(filed, path_prefix="a") == ["a", "a.md.b"]
    doc_id = filed.get(URL, params={"path_prefix": "a"}).json()["memories"][0]["doc_id"]
    filed.patch(f"{URL}/{doc_id}", json={"path": "a/b"})
    assert listed(filed, path_prefix="a") == ["a.md.b", "a/b"]


@pytest.mark.parametrize(
    "query", [{"depth": "0"}, {"depth": "21"}, {"path_prefix": "a\n"}, {"path_prefix": "x" * 1025}]
)
def test_what_is_no_such_list_is_refused(mina, query):
    assert mina.get(URL, params=query).status_code == 400


def test_a_cursor_of_another_prefix_is_refused(filed):
    page = filed.get(URL, params={"path_prefix": "notes/", "limit": "1"}).json()
    query = {"path_prefix": "a", "cursor": page["next_cursor"]}
    assert filed.get(URL, params=query).status_code == 400


def test_a_search_finds_what_lies_under_a_prefix(filed):
    def found(**body):
        answer = filed.post("/superthread/search", json={"query": "zebra", **body}).json()
        return sorted(one["path"] for one in answer["results"])

    assert found(path_prefix="notes/") == PATHS[3:6]
    assert found(path_prefix="notes/", categories=["default"]) == PATHS[3:6]
    assert found(path_prefix="notes/", origin=["own"]) == PATHS[3:6]
    assert found(path_prefix="zzz") == []


def test_what_is_shared_stands_among_ones_own(filed, api):
    jun = api("jun@example.com")
    for path in ("notes/aa", "notes/b/shared", "notes/c/x/y", "other"):
        memory = jun.save("Jun's.", path=path)["doc_id"]
        grant = {"permissions": {"mina@example.com": "viewer"}}
        jun.post(f"/superthread/permissions/{memory}", json=grant)
        filed.post(f"/superthread/shares/{memory}", json={"accept": True})
    jun.save("Jun's alone.", path="notes/hidden")
    own, shared = PATHS[3:6], ["notes/aa", "notes/b/shared", "notes/c/x/y"]
    assert listed(filed, path_prefix="notes/") == sorted(own + shared)
    assert listed(filed, path_prefix="notes/", depth="2") == sorted(own[:2] + shared[:2])
    assert listed(filed, path_prefix="notes/", origin="shared") == shared
    assert set(listed(filed, path_prefix="notes/", sort="updated")) == {*own, *shared}
