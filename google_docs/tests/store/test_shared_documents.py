"""Documents that people also touch, over HTTP: the same text everywhere, and nothing destroyed."""

import threading

import pytest

from google_docs.tests.text.corpus import CORPUS
from google_docs.tests.text.structures import structure_of
from testing.google import Fault

TAG = "zqword"


def _shared(docs, double, name: str) -> dict:
    """A memory that a person made this document of."""
    saved = docs.save(f"{TAG} to be")
    double.world.shape_as_human(saved["doc_id"], CORPUS[name].document())
    return saved


def _document(double, saved):
    return double.world.files[saved["doc_id"]].document


@pytest.mark.parametrize("name", CORPUS)
def test_a_list_a_search_and_a_single_read_show_the_same(docs, double, name):
    saved, case = _shared(docs, double, name), CORPUS[name]
    read = docs.read(saved["doc_id"])
    assert (read["content"], read["exact"]) == (case.text, not case.lossy and name != "three tabs")
    assert {one["kind"]: one["count"] for one in read["lossy"]} == case.lossy
    assert read["tabs"] == (3 if name == "three tabs" else 1)
    assert read["edited_in_google"] is True
    word = max(case.text.replace("[", " ").split(), key=lambda word: word.isascii() and len(word))
    (listed,) = docs.get("memories", params={"include": "content"}).json()["memories"]
    found = docs.post("search", json={"query": word.strip(".,")}).json()["results"]
    for other in (listed, *found):
        for field in ("content", "exact", "lossy", "tabs", "edited_in_google"):
            assert other[field] == read[field]


@pytest.mark.parametrize("name", CORPUS)
def test_read_append_patch_leaves_every_element_as_it_was(docs, double, name):
    saved = _shared(docs, double, name)
    before, read = structure_of(_document(double, saved)), docs.read(saved["doc_id"])
    answer = docs.patch(
        f"memories/{saved['doc_id']}",
        json={"content": read["content"] + "\nadded 👍🏽"},
        headers={"If-Match": f'"{read["revision"]}"'},
    )
    assert answer.status_code == 200, answer.text
    assert structure_of(_document(double, saved)) == before
    assert "added 👍🏽" in answer.json()["content"].split("\n")
    assert answer.json()["lossy"] == read["lossy"]
    again = docs.read(saved["doc_id"])
    assert again["content"] == answer.json()["content"]
    assert again["edited_in_google"] is False


def test_what_would_be_destroyed_is_named_and_stays_until_it_is_forced(docs, double):
    saved = _shared(docs, double, "tables")
    before = structure_of(_document(double, saved))
    path = f"memories/{saved['doc_id']}"
    refused = docs.patch(path, json={"content": "only this"})
    assert (refused.status_code, refused.json()["code"]) == (409, "would-lose-structure")
    assert [one["kind"] for one in refused.json()["lost"]] == ["table"]
    assert structure_of(_document(double, saved)) == before
    forced = docs.patch(path, json={"content": "only this", "force": True})
    assert forced.status_code == 200
    assert forced.json()["lost"] == [{"kind": "table", "count": 3}]
    assert docs.read(saved["doc_id"])["content"] == "only this"


@pytest.mark.parametrize("name", ["chips", "tables"])
def test_force_that_was_not_needed_takes_nothing_away(docs, double, name):
    saved = _shared(docs, double, name)
    before, read = structure_of(_document(double, saved)), docs.read(saved["doc_id"])
    body = {"content": read["content"] + "\nadded", "force": True}
    forced = docs.patch(f"memories/{saved['doc_id']}", json=body).json()
    assert (forced["lossy"], forced["lost"]) == (read["lossy"], [])
    assert structure_of(_document(double, saved)) == before


def test_force_alone_is_no_change(docs):
    saved = docs.save()
    refused = docs.patch(f"memories/{saved['doc_id']}", json={"force": True})
    assert refused.status_code == 400


def test_force_in_one_tab_leaves_the_others_alone(docs, double):
    saved = _shared(docs, double, "three tabs")
    read = docs.read(saved["doc_id"])
    content = read["content"].replace("second\ncell\nend", "all new")
    path = f"memories/{saved['doc_id']}"
    assert docs.patch(path, json={"content": content}).status_code == 409
    forced = docs.patch(path, json={"content": content, "force": True}).json()
    assert forced["content"] == content
    assert forced["tabs"] == 3
    assert forced["lost"] == [{"kind": "table", "count": 1}]


def test_a_restore_keeps_what_both_have_and_says_what_comes_back_plain(docs, double):
    saved = _shared(docs, double, "chips")
    made = docs.post(f"versions/{saved['doc_id']}").json()["version_id"]
    path = f"versions/{saved['doc_id']}/restore/{made}"
    docs.patch(
        f"memories/{saved['doc_id']}",
        json={"content": docs.read(saved["doc_id"])["content"] + "\nmore"},
    )
    restored = docs.post(path).json()
    assert restored["content"] == CORPUS["chips"].text
    assert restored["plain"] == []
    assert {one["kind"] for one in restored["lossy"]} == set(CORPUS["chips"].lossy)

    double.world.edit_as_human(saved["doc_id"], "all gone")
    restored = docs.post(path).json()
    assert restored["content"] == CORPUS["chips"].text
    assert {one["kind"]: one["count"] for one in restored["plain"]} == CORPUS["chips"].lossy


def test_a_restore_that_would_destroy_is_refused_before_it_begins(docs, double):
    saved = docs.save("plain")
    made = docs.post(f"versions/{saved['doc_id']}").json()["version_id"]
    double.world.shape_as_human(saved["doc_id"], CORPUS["images"].document())
    path = f"versions/{saved['doc_id']}/restore/{made}"
    files = len(double.world.files)
    refused = docs.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "would-lose-structure")
    assert len(double.world.files) == files
    assert docs.post(path, params={"force": "true"}).json()["content"] == "plain"


@pytest.mark.parametrize("mode", ["keep", "drop", "add"])
@pytest.mark.parametrize("text", ["a", "a\n", "a\n\n", "\ufeffa\vb\r\n"])
def test_a_save_is_never_edited_in_google_whatever_an_import_does(docs, double, mode, text):
    double.world.import_newline = mode
    saved = docs.save(text)
    read = docs.read(saved["doc_id"])
    assert read == saved
    assert (read["edited_in_google"], read["exact"]) == (False, True)
    listed = docs.get("memories", params={"include": "content"}).json()["memories"][0]
    assert listed["content"] == read["content"]


def test_what_google_made_of_a_save_is_what_is_answered(docs, double, monkeypatch):
    monkeypatch.setattr("testing.google.drive.imported", lambda media, mode: "as Google has it")
    saved = docs.save("as it was sent")
    assert saved["content"] == "as Google has it"
    assert saved["edited_in_google"] is False
    assert docs.read(saved["doc_id"])["edited_in_google"] is False


def test_a_change_whose_answer_is_lost_is_not_made_twice_though_notes_follow(docs, double):
    saved = _shared(docs, double, "footnotes")
    read = docs.read(saved["doc_id"])
    double.faults.add("docs.documents.batchUpdate", Fault("fin", "after"))
    answer = docs.patch(
        f"memories/{saved['doc_id']}", json={"content": read["content"] + "\nadded once"}
    )
    assert answer.status_code == 200
    assert docs.read(saved["doc_id"])["content"].count("added once") == 1


def test_all_that_a_person_types_beside_guarded_changes_is_there(docs, double):
    """Each change lands, or is told as late; whatever the person typed stays."""
    saved = docs.save("start\nline of the hub")
    typed, stop = [], threading.Event()

    def person() -> None:
        while not stop.wait(0.05):
            word = f" w{len(typed)}"
            double.world.type_as_human(saved["doc_id"], word)
            typed.append(word)

    typing = threading.Thread(target=person)
    typing.start()
    landed = sum(_added(docs, double, saved["doc_id"], number) == 200 for number in range(25))
    stop.set()
    typing.join()
    # A machine that does other things too may have let the person win each time.
    assert _added(docs, double, saved["doc_id"], 25) == 200
    text = _document(double, saved).text
    assert text.split("\n")[0] == "start" + "".join(typed)
    assert text.count("\nhub ") == landed + 1


def _added(docs, double, doc_id: str, number: int) -> int:
    """The status of a guarded change that adds a line, which is tried once."""
    read = docs.read(doc_id)
    before = len(double.seen)
    answer = docs.patch(
        f"memories/{doc_id}",
        json={"content": read["content"] + f"\nhub {number}"},
        headers={"If-Match": f'"{read["revision"]}"'},
    )
    assert answer.status_code in {200, 409, 412}
    assert double.seen[before:].count("docs.documents.batchUpdate") <= 1
    return answer.status_code


def test_a_search_obeys_its_limit_and_leaves_the_rest_to_the_next_page(docs, double):
    for n in range(7):
        docs.save(f"{TAG} number {n}")
    # All of them are recent writes that no index has.
    double.world.text_lag = 3600
    seen, cursor = [], None
    for _ in range(10):
        body = {"query": TAG, "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = docs.post("search", json=body).json()
        assert page["count"] == len(page["results"]) <= 3
        seen += [result["doc_id"] for result in page["results"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_a_lost_watch_ends_what_is_kept_for_its_identity_alone(docs, double, run):
    from google_docs.client.answer_cache import ReadCache, Seen, now
    from google_docs.errors import BadAnswer
    from google_docs.text.pieces import Shown

    class Watched:
        def __init__(self, identity: str) -> None:
            self.identity, self.lost = identity, False

        async def change_token(self) -> str:
            return "1"

        async def changes(self, token: str) -> dict:
            if self.lost:
                raise BadAnswer("lost")
            return {"newStartPageToken": token}

    async def scenario() -> tuple[object, object]:
        cache, one, other = ReadCache(60), Watched("one"), Watched("other")
        for calls in (one, other):
            await cache.watch(calls)
            cache.put(calls, Seen({"id": "x"}, Shown(calls.identity), now(), "stamp"))
            cache._watches.get(calls.identity).asked = 0.0
        one.lost = True
        return await cache.get(one, "x", "stamp"), await cache.get(other, "x", "stamp")

    lost, kept = run(scenario())
    assert lost is None
    assert kept is not None
