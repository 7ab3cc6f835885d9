"""What is renamed takes its links along, as far as one may edit."""

from superthread.reads import links
from superthread.services import relinking
from superthread.tests.reads.linking import URL, linked
from superthread.tests.restricted.worlds import restriction_of


def test_a_rename_takes_its_links_along_after_a_dry_run(mina, api):
    memory = mina.save("x", path="old.md")["doc_id"]
    one = mina.save("[[old]] and [it](old.md)", path="one.md")["doc_id"]
    two = mina.save("[it](../old.md#part)", path="in/two.md")["doc_id"]
    mina.save("[[older]]", path="three.md")
    mina.patch(f"{URL}/{memory}", json={"path": "new/place.md"})
    url = f"{URL}/{memory}/links"
    plan = mina.post(url, json={"from": "old.md", "dry_run": True}).json()
    assert [(told["doc_id"], told["links"]) for told in plan["memories"]] == [(one, 2), (two, 1)]
    assert mina.get(f"{URL}/{one}").json()["revision"] == 1
    done = mina.post(url, json={"from": "old.md"}).json()
    assert [told["revision"] for told in done["memories"]] == [2, 2]
    assert done["more"] is False
    contents = [mina.get(f"{URL}/{each}").json()["content"] for each in (one, two)]
    assert contents == ["[[new/place]] and [it](new/place.md)", "[it](../new/place.md#part)"]
    assert {each["doc_id"] for each in linked(mina, memory)["backlinks"]} == {one, two}
    assert mina.post(url, json={"from": "old.md"}).json()["memories"] == []


def test_only_what_one_may_edit_is_rewritten(mina, api):
    jun = api("jun@example.com")
    memory = mina.save("x", path="new.md")["doc_id"]
    kept, given = (mina.save(f"[[old]] {n}")["doc_id"] for n in range(2))
    for each, role in ((memory, "viewer"), (kept, "viewer"), (given, "editor")):
        grant = {"permissions": {"jun@example.com": role}}
        mina.post(f"/superthread/permissions/{each}", json=grant)
    done = jun.post(f"{URL}/{memory}/links", json={"from": "old"}).json()
    assert [one["doc_id"] for one in done["memories"]] == [given]
    assert mina.get(f"{URL}/{kept}").json()["content"] == "[[old]] 0"


def test_what_one_may_not_edit_is_in_nobodys_way(mina, api, monkeypatch):
    monkeypatch.setattr(relinking, "MOST", 2)
    jun = api("jun@example.com")
    memory = mina.save("x", path="new.md")["doc_id"]
    mina.post(
        f"/superthread/permissions/{memory}", json={"permissions": {"jun@example.com": "viewer"}}
    )
    for number in range(3):
        mina.save(f"[[old]] {number}")
    given = [mina.save(f"[[old]] mine {number}")["doc_id"] for number in range(3)]
    for each in given:
        grant = {"permissions": {"jun@example.com": "editor"}}
        mina.post(f"/superthread/permissions/{each}", json=grant)
    calls = [jun.post(f"{URL}/{memory}/links", json={"from": "old"}).json() for _ in range(3)]
    assert [[one["doc_id"] for one in call["memories"]] for call in calls] == [
        given[:2],
        given[2:],
        [],
    ]
    assert [call["more"] for call in calls] == [True, False, False]


def test_links_that_say_where_it_is_are_no_rest(mina, monkeypatch):
    monkeypatch.setattr(relinking, "MOST", 1)
    memory = mina.save("x", path="Place.md")["doc_id"]
    for text in ("[[place]] 1", "[[place]] 2", "[[Place]]", "[[Place.md]]"):
        mina.save(text)
    told = mina.patch(f"{URL}/{memory}", json={"path": "place.md"}).json()["links_to_rewrite"]
    assert told["memories"] == 1
    calls = [mina.post(f"{URL}/{memory}/links", json={"from": "Place.md"}).json() for _ in range(3)]
    assert [len(call["memories"]) for call in calls] == [1, 1, 0]
    assert [call["more"] for call in calls] == [True, False, False]


def test_a_rename_offers_to_rewrite(mina, api):
    jun = api("jun@example.com")
    memory = mina.save("x", path="old.md")["doc_id"]
    mina.save("[[old]]")
    mina.save("[it](old.md)")
    url = f"{URL}/{memory}"
    mina.post(
        f"/superthread/permissions/{memory}", json={"permissions": {"jun@example.com": "admin"}}
    )
    # Somebody who may edit none of them is offered nothing, and told of none.
    assert "links_to_rewrite" not in jun.patch(url, json={"path": "a.md"}).json()
    mina.patch(url, json={"path": "old.md"})
    offer = mina.patch(url, json={"path": "new.md", "content": "y"}).json()["links_to_rewrite"]
    assert offer == {"memories": 2, "from": "old.md", "url": f"{url}/links"}
    plan = mina.post(offer["url"], json={"from": offer["from"], "dry_run": True}).json()
    assert len(plan["memories"]) == 2
    mina.post(offer["url"], json={"from": offer["from"]})
    for change in ({"content": "z"}, {"path": "new.md"}, {"path": None}, {"path": "third.md"}):
        assert "links_to_rewrite" not in mina.patch(url, json=change).json()


def test_a_wiki_link_may_name_the_last_segment_of_one_path(mina):
    deploy = mina.save("Tuesdays.", path="notes/Deploy.md")["doc_id"]
    content = "[[deploy]] [[DEPLOY.md|shown]] [x](deploy.md) [[tes/deploy]] [[ploy]]"
    source = mina.save(content, path="week.md")["doc_id"]

    def led():
        return [one["memory"] and one["memory"]["path"] for one in linked(mina, source)["links"]]

    assert led() == ["notes/Deploy.md"] * 2 + [None] * 3
    assert [one["doc_id"] for one in linked(mina, deploy)["backlinks"]] == [source]
    # Of two nobody knows which is meant; a title says it, and a path before that.
    other = mina.save("Fridays.", path="plans/deploy")["doc_id"]
    assert led() == [None] * 5
    assert linked(mina, deploy)["backlinks"] == linked(mina, other)["backlinks"] == []
    mina.save("# deploy", path="titled")
    assert led() == ["titled"] + [None] * 4
    mina.save("Mondays.", path="deploy.md")
    assert led()[:3] == ["deploy.md"] * 3


def test_where_very_many_paths_end_so_those_that_were_seen_whole_are_told(mina, monkeypatch):
    monkeypatch.setattr(links, "MOST_PATHS", 2)
    for path in ("a/one", "b/two"):
        mina.save("x", path=path)
    source = mina.save("[[one]] [[two]]")["doc_id"]

    def led():
        return [one["memory"] and one["memory"]["path"] for one in linked(mina, source)["links"]]

    assert led() == ["a/one", "b/two"]
    mina.save("x", path="c/two")
    assert led() == ["a/one", None]


def test_a_markdown_link_names_a_path_and_no_title(mina):
    mina.save("# Deploy", path="titled")
    source = mina.save("[[Deploy]] [x](Deploy)")["doc_id"]
    told = linked(mina, source)["links"]
    assert [one["memory"] and one["memory"]["path"] for one in told] == ["titled", None]


def test_what_one_may_not_read_makes_no_last_segment_ambiguous(mina, api):
    seen = mina.save("x", path="notes/deploy.md")["doc_id"]
    hidden = mina.save("y", path="plans/deploy.md")["doc_id"]
    source = mina.save("[[deploy]]", path="notes/week.md")["doc_id"]
    client = api("mina@example.com", restriction=restriction_of(path_prefix="notes/"))
    assert linked(mina, source)["links"][0]["memory"] is None
    told = linked(client, source)["links"]
    assert told[0]["memory"]["doc_id"] == seen
    assert [one["doc_id"] for one in linked(client, seen)["backlinks"]] == [source]
    # The same as without it.
    assert mina.delete(f"{URL}/{hidden}").status_code == 204
    assert linked(client, source)["links"] == told == linked(mina, source)["links"]
    mina.patch(f"{URL}/{seen}", json={"path": "plans/deploy.md"})
    assert linked(client, source)["links"][0]["memory"] is None


def test_links_by_the_last_segment_are_rewritten_where_they_lead_nowhere(mina):
    memory = mina.save("x", path="notes/deploy.md")["doc_id"]
    url = f"{URL}/{memory}"
    texts = ("[[Deploy]] [[notes/deploy]] [x](deploy.md)", "[[deploy|shown]] `[[deploy]]`", "[[d]]")
    sources = [mina.save(text)["doc_id"] for text in texts]
    # Where it has the same last segment the short ones still lead there.
    moved = mina.patch(url, json={"path": "plans/deploy.md"}).json()
    assert moved["links_to_rewrite"]["memories"] == 1
    mina.patch(url, json={"path": "notes/deploy.md"})
    renamed = mina.patch(url, json={"path": "notes/ship.md"}).json()
    assert renamed["links_to_rewrite"]["memories"] == 2
    told = mina.post(f"{url}/links", json={"from": "notes/deploy.md"}).json()
    assert [(one["doc_id"], one["links"]) for one in told["memories"]] == [
        (sources[0], 2),
        (sources[1], 1),
    ]
    contents = [mina.get(f"{URL}/{one}").json()["content"] for one in sources]
    assert contents == [
        "[[notes/ship]] [[notes/ship]] [x](deploy.md)",
        "[[notes/ship|shown]] `[[deploy]]`",
        "[[d]]",
    ]


def test_a_batch_offers_for_each_rename(mina, api):
    first, second = (mina.save("x", path=path)["doc_id"] for path in ("one.md", "two.md"))
    for text in ("[[one]] and [[two]]", "[it](one.md)", "[[new/1]]"):
        mina.save(text)

    def renamed(client, *changes, **how):
        body = {"updates": [{"doc_id": one, **change} for one, change in changes], **how}
        answer = client.post("/superthread/batch/update", json=body)
        assert answer.json()["failed_count"] == 0, answer.text
        return [result.get("links_to_rewrite") for result in answer.json()["results"]]

    moves = [(first, {"path": "new/1.md"}), (second, {"path": "new/2.md"})]
    assert renamed(mina, *moves, dry_run=True) == [None, None]
    offers = renamed(mina, *moves)
    assert offers == [
        {"memories": 2, "from": "one.md", "url": f"{URL}/{first}/links"},
        {"memories": 1, "from": "two.md", "url": f"{URL}/{second}/links"},
    ]
    assert len(mina.post(offers[0]["url"], json={"from": "one.md"}).json()["memories"]) == 2
    assert renamed(mina, (first, {"content": "y"}), (second, {"path": None})) == [None, None]
    # A token that may not read is told nothing of others, nor somebody who may edit none.
    blind = api("mina@example.com", scopes=["memories:write"])
    assert renamed(blind, (first, {"path": "third.md"})) == [None]
    shares = {"permissions": {"jun@example.com": "admin"}}
    assert mina.post(f"/superthread/permissions/{first}", json=shares).status_code == 200
    assert renamed(api("jun@example.com"), (first, {"path": "4.md"}), atomic=True) == [None]


def test_a_repeated_batch_tells_of_texts_only_what_may_be_read_now(mina, api):
    memory = mina.save("the first", path="one.md", scope="public")["doc_id"]
    mina.save("[[one]]", scope="public")
    change = {"doc_id": memory, "path": "new.md", "content": "password = tr0ub4dor-and-3"}

    def sent(client):
        body, key = {"updates": [change]}, {"Idempotency-Key": "a-rename"}
        answer = client.post("/superthread/batch/update", json=body, headers=key)
        assert answer.json()["updated_count"] == 1, answer.text
        (result,) = answer.json()["results"]
        return result

    first, told = sent(mina), {"links_to_rewrite", "findings"}
    assert told <= first.keys()
    assert sent(mina) == first
    bare = {name: value for name, value in first.items() if name not in told}
    assert sent(api("mina@example.com", scopes=["memories:write"])) == bare
    mina.delete(f"{URL}/{memory}")
    assert sent(mina) == bare


def test_a_batch_tells_a_token_that_may_not_read_nothing_of_the_text(mina, api):
    memory = mina.save("password = tr0ub4dor-and-3", scope="public")["doc_id"]
    blind = api("mina@example.com", scopes=["memories:write"])
    body = {"updates": [{"doc_id": memory, "metadata": {"a": 1}}]}
    (result,) = blind.post("/superthread/batch/update", json=body).json()["results"]
    assert result == {"index": 0, "status": 200, "doc_id": memory, "revision": 2}


def test_an_undeletion_to_another_path_offers_unless_the_old_one_has_a_new_memory(mina):
    memory = mina.save("x", path="old.md")["doc_id"]
    url = f"{URL}/{memory}"
    mina.save("[[old]]")

    def back(path):
        assert mina.delete(url).status_code == 204
        answer = mina.post(f"{url}/undelete", json={"path": path})
        assert answer.status_code == 200, answer.text
        return answer.json().get("links_to_rewrite")

    assert back("old.md") is None
    assert back("new.md") == {"memories": 1, "from": "old.md", "url": f"{url}/links"}
    assert mina.patch(url, json={"path": "old.md"}).status_code == 200
    assert mina.delete(url).status_code == 204
    mina.save("y", path="Old")
    answer = mina.post(f"{url}/undelete", json={"path": "new.md"})
    assert "links_to_rewrite" not in answer.json()
