"""A folder in the trash, a folder that is gone, a database that was lost: nothing is lost by it."""

import io

import pytest
from django.core.management import call_command

from google_docs.access import folders
from google_docs.models import Folder
from memory_hub.core.identity import OPERATOR
from testing.google import Fault
from testing.google.answers import Refused
from testing.telling import recording


def _folder(double, kind: str = "folder"):
    return next(
        file
        for file in double.world.files.values()
        if file.properties.get("hub", {}).get("mh_kind") == kind
    )


def _listed(docs) -> set[str]:
    return {memory["title"] for memory in docs.get("memories").json()["memories"]}


def test_a_save_into_a_folder_in_the_trash_brings_it_back_and_says_so(docs, double):
    docs.save("first")
    _folder(double).trashed = True
    saved = docs.save("second")
    assert saved["notice"] == folders.BROUGHT_BACK
    assert not _folder(double).trashed
    assert _listed(docs) == {"first", "second"}
    assert sorted(f.name for f in double.world.files.values() if f.document) == ["first", "second"]
    assert "notice" not in docs.save("third")


def test_a_batch_into_a_folder_in_the_trash_brings_it_back_once(docs, double):
    docs.save("first")
    _folder(double).trashed = True
    items = [{"content": f"item {n}"} for n in range(5)]
    body = docs.post("batch/save", json={"memories": items}).json()
    assert body["saved_count"] == 5
    assert body["notice"] == folders.BROUGHT_BACK
    assert len(_listed(docs)) == 6
    assert len([f for f in double.world.files.values() if f.document]) == 6


def test_a_folder_that_is_gone_is_made_again_and_said_so(docs, double):
    docs.save("first")
    for file in list(double.world.files.values()):
        del double.world.files[file.id]
    assert docs.save("second")["notice"] == folders.MADE_AGAIN
    assert _listed(docs) == {"second"}


def test_health_tells_of_a_folder_in_the_trash_in_words(docs, double, configure):
    docs.save("first")
    assert docs.get("health").json()["folders"][0]["trouble"] is None
    configure(root=double.root)
    _folder(double).trashed = True
    health = docs.get("health")
    assert health.status_code == 503
    assert health.json()["folders"][0]["trouble"] == folders.IN_TRASH
    configure(root=double.root)
    double.world.files.clear()
    assert docs.get("health").json()["folders"][0]["trouble"] == folders.MISSING


def test_a_database_that_forgot_its_folders_finds_them_by_their_marks(docs, double):
    docs.save("first")
    Folder.objects.all().delete()
    assert docs.save("second")["notice"] == folders.FOUND
    assert _listed(docs) == {"first", "second"}


def test_the_folder_of_another_hub_with_the_same_number_is_left_alone(docs, double):
    docs.save("first")
    theirs = _folder(double)
    theirs.properties["hub"]["who"] = "somebody else"
    Folder.objects.all().delete()
    docs.save("second")
    assert _listed(docs) == {"second"}
    assert not theirs.trashed


def _rescan(*arguments: str) -> str:
    out = io.StringIO()
    call_command("google_docs_rescan", *arguments, stdout=out)
    return out.getvalue()


def _space(docs):
    return f"u{docs.client.user.pk}"


def test_a_lost_database_finds_folders_and_memories_of_other_numbers(docs, double):
    saved = docs.save("first", metadata={"n": 1})
    docs.post(f"versions/{saved['doc_id']}", params={"description": "kept"})
    # As another database would have numbered them.
    for file in double.world.files.values():
        own = file.properties["hub"]
        if "space" in own:
            own |= {"space": "u777"} | ({"by": "777"} if "by" in own else {})
    Folder.objects.all().delete()
    assert _listed(docs) == set()
    assert "1 of them under another number" in _rescan("--dry-run")
    assert not Folder.objects.exists()
    with recording() as events, docs.client.threads.committing():
        assert "found again" in _rescan()
    [told] = events
    assert (told.kind.value, told.doc_id) == ("updated", saved["doc_id"])
    assert (told.actor, told.origin.via, told.space) == (OPERATOR.actor, "command", _space(docs))
    assert _listed(docs) == {"first"}
    assert docs.read(saved["doc_id"])["role"] == "owner"
    assert len(docs.get(f"versions/{saved['doc_id']}").json()["versions"]) >= 1
    assert "known" in _rescan()


def test_a_folder_of_nobody_here_is_told_and_left_alone(docs, double):
    docs.save("first")
    for file in double.world.files.values():
        if file.description:
            file.description = file.description.replace("mina@example.com", "gone@example.com")
    Folder.objects.all().delete()
    assert "of nobody in this database" in _rescan()
    assert not Folder.objects.exists()


@pytest.mark.parametrize(
    "fault",
    [
        Fault.drive(403, "cannotDownloadFile"),
        Fault.docs(403, "PERMISSION_DENIED"),
        Fault.drive(500, "internalError"),
        Fault.drive(404, "notFound"),
        Fault.docs(400, "FAILED_PRECONDITION"),
    ],
    ids=repr,
)
def test_one_file_that_cannot_be_read_is_one_item_with_its_reason(docs, double, fault):
    ids = [docs.save(f"the key {n}")["doc_id"] for n in range(3)]
    genuine = double.api.documents_get

    def one_is_bad(call):
        if call.params["documentId"] == ids[1]:
            raise Refused(fault.status, fault.body)
        return genuine(call)

    double.api.documents_get = one_is_bad
    listed = docs.get("memories", params={"include": "content"}).json()["memories"]
    found = docs.post("search", json={"query": "key"}).json()["results"]
    for memories in (listed, found):
        texts = {memory["doc_id"]: memory["content"] for memory in memories}
        assert texts == {ids[0]: "the key 0", ids[1]: None, ids[2]: "the key 2"}
        bad = next(memory for memory in memories if memory["content"] is None)
        assert bad["unreadable"]["code"]
        assert bad["unreadable"]["detail"]


def test_a_snapshot_into_a_folder_in_the_trash_brings_it_back(docs, double):
    saved = docs.save("first")
    _folder(double, "snapshots").trashed = True
    made = docs.post(f"versions/{saved['doc_id']}")
    assert made.status_code == 201
    assert not _folder(double, "snapshots").trashed
    text = docs.get(f"versions/{saved['doc_id']}/{made.json()['version_id']}")
    assert text.json()["content"] == "first"


def test_where_even_the_folder_above_is_in_the_trash_nothing_is_saved(docs, double, configure):
    docs.save("first")
    # Any file: only its id is needed.
    above = docs.save("in the folder above")
    parent = double.world.files[above["doc_id"]]
    parent.mime, parent.document = "application/vnd.google-apps.folder", None
    parent.trashed = True
    configure(root=double.root, folder_id=parent.id)
    for file in list(double.world.files.values()):
        if "mh_kind" in file.properties["hub"]:
            del double.world.files[file.id]
    refused = docs.post("memories", json={"content": "lost?"})
    assert (refused.status_code, refused.json()["code"]) == (503, "folder-in-trash")
    assert "lost?" not in {file.name for file in double.world.files.values()}
