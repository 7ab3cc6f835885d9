"""Saving, reading, changing and deleting memories over HTTP."""

from superthread.reads.named import find
from superthread.services import history
from superthread.services.revise import revise


def test_a_saved_memory_is_read_back_as_it_was(mina):
    saved = mina.save("Hello 안녕\r\n\tthird  ", metadata={"a": [1, {"b": None}]})
    read = mina.get(f"/superthread/memories/{saved['doc_id']}")
    assert read.status_code == 200
    assert read.json() == saved
    assert saved["content"] == "Hello 안녕\r\n\tthird  "
    assert saved["title"] == "Hello 안녕"


def test_a_stranger_sees_the_same_404_as_for_no_memory(mina, api):
    saved = mina.save()
    jun = api("jun@example.com")
    same = {"X-Request-ID": "same"}
    hidden = jun.get(f"/superthread/memories/{saved['doc_id']}", headers=same)
    absent = jun.get(f"/superthread/memories/{saved['doc_id'][:-1]}0", headers=same)
    assert (hidden.status_code, hidden.content) == (404, absent.content)


def test_revising_a_stale_memory_is_refused(mina):
    url = f"/superthread/memories/{mina.save()['doc_id']}"
    first = mina.patch(url, json={"content": "Mina has it."}, headers={"If-Match": '"1"'})
    second = mina.patch(url, json={"content": "Jun has it."}, headers={"If-Match": '"1"'})
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["current_revision"] == 2


def test_the_list_is_newest_first_and_pages_without_gaps(mina):
    saved = [mina.save(f"memory {n}")["doc_id"] for n in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        page = mina.get("/superthread/memories", params=query).json()
        seen += [memory["doc_id"] for memory in page["memories"]]
        cursor = page["next_cursor"]
    assert seen == saved[::-1]


def test_a_deleted_memory_is_gone_and_comes_back(mina):
    saved = mina.save()
    url = f"/superthread/memories/{saved['doc_id']}"
    assert mina.delete(url).status_code == 204
    assert mina.get(url).status_code == 404
    assert mina.post(f"{url}/undelete").json() == saved
    assert mina.get(url).json() == saved


def test_restoring_a_version_makes_a_new_one(mina):
    saved = mina.save("first")
    url = f"/superthread/memories/{saved['doc_id']}"
    mina.patch(url, json={"content": "second"})
    versions_url = f"/superthread/versions/{saved['doc_id']}"
    versions = mina.get(versions_url).json()["versions"]
    assert [version["number"] for version in versions] == [2, 1]
    restored = mina.post(f"{versions_url}/restore/{versions[1]['version_id']}")
    assert restored.json()["content"] == "first"
    assert [v["number"] for v in mina.get(versions_url).json()["versions"]] == [3, 2, 1]
    diff = mina.get(f"{versions_url}/diff", params={"from": "1", "to": "2"}).json()["diff"]
    assert "-first" in diff
    assert "+second" in diff


def test_a_list_of_versions_begins_with_the_current_one_whatever_is_changed_meanwhile(
    mina, monkeypatch
):
    saved = mina.save("first")

    def find_and_be_overtaken(*, doc_id, by, least):
        row = find(doc_id=doc_id, by=by, least=least)
        revise(doc_id=doc_id, changes={"content": "second"}, by=by)
        return row

    monkeypatch.setattr(history, "find", find_and_be_overtaken)
    versions = mina.get(f"/superthread/versions/{saved['doc_id']}").json()["versions"]
    assert [(version["number"], version["current"]) for version in versions] == [(1, True)]


def test_statistics_count_the_versions_only_of_what_the_caller_may_edit(mina, api):
    saved = mina.save("A long story that nobody needs.", scope="public")
    mina.patch(f"/superthread/memories/{saved['doc_id']}", json={"content": "Short."})
    jun = api("jun@example.com")

    def used(client):
        return client.get("/superthread/stats").json()["storage_used"]

    assert used(jun) == len("Short.")
    assert used(mina) == saved["size"] + 2 * len("Short.")
    permissions = {"permissions": {"jun@example.com": "editor"}}
    mina.post(f"/superthread/permissions/{saved['doc_id']}", json=permissions)
    assert used(jun) == len("Short.")
    jun.post(f"/superthread/shares/{saved['doc_id']}", json={"accept": True})
    assert used(jun) == used(mina)
