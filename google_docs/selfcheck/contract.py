"""Every call of the contract, and the errors that a caller can bring about, at the hub's door."""

from typing import Any

from google_docs.errors import NoSuchFile
from google_docs.selfcheck.scratch import NotAsWritten, Scratch, expect, require, shape, word
from google_docs.serializers import answers
from superthread.serializers.store import StatsOut

TEXT = "한국어와 emoji 👩‍👩‍👧, \U0001d11e and 👍🏽\n\nsecond line\n  third "
NO_ID = "1" + "x" * 43
# Method, path and body of the calls; those with an id are about one memory.
ONE_MEMORY = [
    ("GET", "memories/{id}", None),
    ("PATCH", "memories/{id}", {"content": "x"}),
    ("DELETE", "memories/{id}", None),
    ("GET", "permissions/{id}", None),
    ("POST", "permissions/{id}", {"permissions": {"a@example.com": "viewer"}}),
    ("GET", "versions/{id}", None),
    ("POST", "versions/{id}", None),
    ("GET", "versions/{id}/s:" + NO_ID, None),
    ("POST", "versions/{id}/restore/s:" + NO_ID, None),
]
STORE: list[tuple[str, str, Any]] = [
    ("GET", "memories", None),
    ("POST", "memories", {"content": "x"}),
    ("POST", "search", {"query": "x"}),
    ("POST", "batch/save", {"memories": [{"content": "x"}]}),
    ("POST", "batch/delete", {"doc_ids": [NO_ID]}),
    ("GET", "stats", None),
    ("GET", "info", None),
    ("GET", "health", None),
]


async def saving(scratch: Scratch) -> None:
    """A saved memory is read back as it was saved, and sent again only if it changed."""
    body = {"content": TEXT, "category": "결정", "metadata": {"from": {"a": [1, "나"]}}}
    answer = await scratch.hub.ask("POST", "memories", body)
    saved = expect(answer, 201)
    path = f"memories/{saved['doc_id']}"
    shape(saved, answers.DocMemoryOut)
    require(answer.headers["location"] == f"/google-docs/{path}", "another Location")
    for name, value in body.items():
        require(saved[name] == value, f"saved {name} {saved[name]!r}")
    read = await scratch.hub.ask("GET", path)
    require(expect(read, 200) == saved, "it is read otherwise than it was saved")
    expect(await scratch.hub.ask("GET", path, if_none_match=read.headers["etag"]), 304)


async def saving_once(scratch: Scratch) -> None:
    """Two saves with one key are one memory, and a key for another text is refused."""
    key = word()
    one, two = [
        expect(
            await scratch.hub.ask("POST", "memories", {"content": "once"}, idempotency_key=key), 201
        )
        for _ in range(2)
    ]
    require(one["doc_id"] == two["doc_id"], "two memories")
    other = await scratch.hub.ask("POST", "memories", {"content": "x"}, idempotency_key=key)
    require(other.status in (409, 422), f"{other.status} for another text")


async def changing(scratch: Scratch) -> None:
    """A change is what the next reader gets; one against a stale revision is refused."""
    saved = await scratch.save("before 😀")
    path, stale = f"memories/{saved['doc_id']}", f'"{saved["revision"]}"'
    body = {"content": TEXT, "category": "later", "metadata": {"n": 1}}
    changed = expect(await scratch.hub.ask("PATCH", path, body, if_match=stale), 200)
    shape(changed, answers.DocMemoryOut)
    require(body.items() <= changed.items(), f"changed to {changed}")
    require(changed["revision"] != saved["revision"], "the revision did not change")
    require(expect(await scratch.hub.ask("GET", path), 200) == changed, "it is read otherwise")
    late = await scratch.hub.ask("PATCH", path, {"content": "late"}, if_match=stale)
    problem = expect(late, 412, "stale-revision")
    require(problem["current_revision"] == changed["revision"], "another current revision")
    expect(await scratch.hub.ask("DELETE", path, if_match=stale), 412, "stale-revision")
    require((await scratch.hub.ask("GET", path)).body == changed, "refused, and changed")
    only = expect(await scratch.hub.ask("PATCH", path, {"metadata": {"n": 2}}), 200)
    require((only["content"], only["category"]) == (TEXT, "later"), "more than metadata changed")


async def listing(scratch: Scratch) -> None:
    """A list of a category pages through all of it, with contents when they are asked for."""
    category = word()
    ids = {(await scratch.save(f"memory {n}", category=category))["doc_id"] for n in range(3)}
    seen: list[dict[str, Any]] = []
    query = {"category": category, "limit": 2, "include": "content"}
    while True:
        page = expect(await scratch.hub.ask("GET", "memories", query=query), 200)
        shape(page, answers.DocMemoryPage)
        seen += page["memories"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    require({memory["doc_id"] for memory in seen} == ids, f"{len(seen)} of 3 are listed")
    require({memory["content"] for memory in seen} == {f"memory {n}" for n in range(3)}, "contents")
    for bad in (
        {"limit": 0}, {"limit": 101}, {"cursor": "nonsense"}, {"cursor": "WzFd"},
        {"scope": "public"}, {"include": "everything"}, {"nonsense": 1},
    ):  # fmt: skip
        expect(await scratch.hub.ask("GET", "memories", query=bad), 400, "invalid-input")


async def searching(scratch: Scratch) -> None:
    """A search finds a word that was just saved, and not what was deleted."""
    term = word()
    saved = await scratch.save(f"about {term}")
    for expected in (1, 0):
        found = expect(await scratch.hub.ask("POST", "search", {"query": term}), 200)
        shape(found, answers.DocSearchOut)
        require(found["count"] == expected, f"{found['count']} results instead of {expected}")
        for result in found["results"]:
            shape(result, answers.DocResultOut)
        await scratch.hub.ask("DELETE", f"memories/{saved['doc_id']}")
    for bad in ({}, {"query": ""}, {"query": 1}, {"query": "a" * 201}, {"query": "a", "limit": 21}):
        expect(await scratch.hub.ask("POST", "search", bad), 400, "invalid-input")


async def batches(scratch: Scratch) -> None:
    """A batch does what it can and says of each item what became of it."""
    items = [{"content": "one"}, {"content": ""}, "no", {"content": "two"}]
    saved = expect(await scratch.hub.ask("POST", "batch/save", {"memories": items}), 200)
    shape(saved, answers.DocBatchSaveOut)
    statuses = [result["status"] for result in saved["results"]]
    require(statuses == [201, 400, 400, 201], f"saved as {statuses}")
    require((saved["saved_count"], saved["failed_count"]) == (2, 2), "other counts")
    ids = [saved["results"][index]["doc_id"] for index in (0, 3)]
    read = expect(await scratch.hub.ask("GET", f"memories/{ids[1]}"), 200)
    require(read["content"] == "two", f"the last one holds {read['content']!r}")
    gone = expect(await scratch.hub.ask("POST", "batch/delete", {"doc_ids": [*ids, NO_ID]}), 200)
    shape(gone, answers.DocBatchDeleteOut)
    statuses = [result["status"] for result in gone["results"]]
    require(statuses == [204, 204, 404], f"deleted as {statuses}")
    for path, bad in (
        ("batch/save", {"memories": []}),
        ("batch/save", {"memories": [{"content": "a"}] * 101}),
        ("batch/save", {"memories": [{"content": "a"}], "atomic": True}),
        ("batch/delete", {"doc_ids": [NO_ID, NO_ID]}),
    ):
        expect(await scratch.hub.ask("POST", path, bad), 400, "invalid-input")


async def deleting(scratch: Scratch) -> None:
    """What was deleted is not there for any call; for good, its snapshots go along."""
    trashed, purged = [(await scratch.save(f"goes {n}"))["doc_id"] for n in range(2)]
    made = expect(await scratch.hub.ask("POST", f"versions/{purged}"), 201)
    expect(await scratch.hub.ask("DELETE", f"memories/{trashed}"), 204)
    gone = {"permanent": "true"}
    expect(await scratch.hub.ask("DELETE", f"memories/{purged}", query=gone), 204)
    for method, path, body in ONE_MEMORY:
        for doc_id in (trashed, purged):
            expect(await scratch.hub.ask(method, path.format(id=doc_id), body), 404, "not-found")
    try:
        await scratch.calls.file(made["version_id"].removeprefix("s:"))
    except NoSuchFile:
        return
    raise NotAsWritten("a snapshot is left")


async def granting(scratch: Scratch) -> None:
    """A grant is made, changed and taken back (with --share-with ADDRESS); the owner's is fixed."""
    path = f"permissions/{(await scratch.save('to be shared'))['doc_id']}"
    shown = expect(await scratch.hub.ask("GET", path), 200)
    shape(shown, answers.DocPermissionsOut)
    require(shown["permissions"] == {}, f"{shown['permissions']} before any grant")
    account = expect(await scratch.hub.ask("GET", "health"), 200)["credentials"][0]["account"]
    for fixed in (shown["owner"], account):
        expect(await scratch.hub.ask("POST", path, {"permissions": {fixed: "viewer"}}), 409)
    for bad in (
        {}, {"permissions": {}}, {"permissions": {"a@example.com": "owner"}},
        {"permissions": {"no address": "viewer"}}, {"permissions": [], "x": 1},
    ):  # fmt: skip
        expect(await scratch.hub.ask("POST", path, bad), 400, "invalid-input")
    if scratch.share_with is None:
        scratch.observed["grants"] = "not checked: no --share-with"
        return
    for role in ("viewer", "editor", "admin", None):
        given = {"permissions": {scratch.share_with: role}}
        told = expect(await scratch.hub.ask("POST", path, given), 200)["permissions"]
        require(told == ({scratch.share_with: role} if role else {}), f"{told} after {role}")
        read = expect(await scratch.hub.ask("GET", path), 200)["permissions"]
        require(read == told, f"{read} is read, {told} was told")


async def versions(scratch: Scratch) -> None:
    """A named version keeps its text, is no memory, and is restored; others are not found."""
    hub = scratch.hub
    doc_id = (await scratch.save("first 😀"))["doc_id"]
    path = f"versions/{doc_id}"
    made = expect(await hub.ask("POST", path, query={"description": "before"}), 201)
    shape(made, answers.DocVersionOut)
    changed = expect(await hub.ask("PATCH", f"memories/{doc_id}", {"content": "second"}), 200)
    name = made["version_id"]
    text = expect(await hub.ask("GET", f"{path}/{name}"), 200)
    shape(text, answers.DocVersionTextOut)
    require(text["content"] == "first 😀", f"the version holds {text['content']!r}")
    expect(await hub.ask("GET", f"memories/{name.removeprefix('s:')}"), 404, "not-found")
    restore = f"{path}/restore/{name}"
    expect(await hub.ask("POST", restore, if_match='"stale"'), 412, "stale-revision")
    restored = expect(await hub.ask("POST", restore, if_match=f'"{changed["revision"]}"'), 200)
    require(restored["content"] == "first 😀", f"restored {restored['content']!r}")

    async def listed() -> bool:
        page = expect(await hub.ask("GET", path), 200)
        shape(page, answers.DocVersionPage)
        named = {one["description"] for one in page["versions"] if one["guaranteed"]}
        return named == {"before", "Before a restore"}

    require(await scratch.eventually(listed) is not None, "not both snapshots are listed")
    other = (await scratch.save("other"))["doc_id"]
    for unknown in (f"{path}/s:{other}", f"versions/{other}/{name}", f"{path}/nonsense"):
        expect(await hub.ask("GET", unknown), 404, "not-found")


async def overview(scratch: Scratch) -> None:
    """Statistics, what the store can do, and its health have the shapes that were promised."""
    await scratch.save("counted")
    shape(expect(await scratch.hub.ask("GET", "stats"), 200), StatsOut)
    info = expect(await scratch.hub.ask("GET", "info"), 200)
    shape(info, answers.DocInfoOut)
    require(info["configured"] and not info["missing"], f"{info['missing']} is missing")
    health = expect(await scratch.hub.ask("GET", "health"), 200)
    shape(health, answers.DocHealthOut)
    require(health["status"] == "healthy", f"it is {health['status']}")


async def strangers(scratch: Scratch) -> None:
    """An unknown id, an impossible one and a file without our mark are all not there."""
    body = {"name": "foreign", "parents": [scratch.space.folder]}
    foreign = (await scratch.calls.create_document(body, "not ours"))["id"]
    for method, path, given in ONE_MEMORY:
        told = []
        for doc_id in (NO_ID, "x", foreign):
            answer = await scratch.hub.ask(method, path.format(id=doc_id), given)
            told.append(expect(answer, 404, "not-found") | {"request_id": ""})
        require(told[0] == told[1] == told[2], f"{method} {path} tells them apart")
    require((await scratch.calls.file(foreign))["name"] == "foreign", "a foreign file was touched")


async def strictness(scratch: Scratch) -> None:
    """What cannot be saved is refused by its place."""
    doc_id = (await scratch.save("stays"))["doc_id"]
    for fields, pointer in (
        ({"content": ""}, "/content"),
        ({"content": 7}, "/content"),
        ({"content": "a", "scope": "public"}, "/scope"),
        ({"content": "a", "scope": "team"}, "/team_key"),
        ({"content": "a", "metadata": {"k": "v" * 9000}}, "/metadata"),
        ({"content": "a", "nonsense": 1}, "/nonsense"),
    ):
        told = expect(await scratch.hub.ask("POST", "memories", fields), 400, "invalid-input")
        require(told["errors"][0]["pointer"] == pointer, f"{told['errors']} for {pointer}")
    expect(await scratch.hub.ask("PATCH", f"memories/{doc_id}", {"content": ""}), 400)
    read = expect(await scratch.hub.ask("GET", f"memories/{doc_id}"), 200)
    require(read["content"] == "stays", "a refused change was made")


async def credentials(scratch: Scratch) -> None:
    """Without a token every call is 401."""
    for method, path, body in [*STORE, *ONE_MEMORY]:
        for token in ("", "mh_" + "0" * 36):
            answer = await scratch.hub.ask(method, path.format(id=NO_ID), body, token=token)
            expect(answer, 401)
