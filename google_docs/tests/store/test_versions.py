"""Snapshots stay; Google's revisions may not, and say so."""

import pytest

from testing.google import Fault


def _versions(docs, doc_id: str) -> list[dict]:
    answer = docs.get(f"versions/{doc_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()["versions"]


def test_a_named_version_is_kept_with_its_text_and_is_no_memory(docs):
    saved = docs.save("first 글")
    answer = docs.post(f"versions/{saved['doc_id']}", params={"description": "before the move"})
    assert answer.status_code == 201
    docs.patch(f"memories/{saved['doc_id']}", json={"content": "second"})

    kinds = {v["kind"]: v for v in _versions(docs, saved["doc_id"])}
    snapshot = kinds["snapshot"]
    assert (snapshot["guaranteed"], kinds["revision"]["guaranteed"]) == (True, False)
    assert (snapshot["description"], snapshot["author"]) == ("before the move", "mina@example.com")
    assert kinds["revision"]["description"] == ""
    assert kinds["revision"].keys() == snapshot.keys()
    text = docs.get(f"versions/{saved['doc_id']}/{snapshot['version_id']}").json()["content"]
    assert text == "first 글"
    assert docs.get("memories").json()["count"] == 1
    copy = snapshot["version_id"].removeprefix("s:")
    assert docs.get(f"memories/{copy}").status_code == 404


def test_restoring_a_snapshot_keeps_what_it_replaces(docs):
    saved = docs.save("first 😀")
    version = docs.post(f"versions/{saved['doc_id']}").json()["version_id"]
    docs.patch(f"memories/{saved['doc_id']}", json={"content": "second"})

    restored = docs.post(f"versions/{saved['doc_id']}/restore/{version}")

    assert restored.status_code == 200
    assert restored.json()["content"] == "first 😀"
    assert docs.read(saved["doc_id"])["title"] == "first 😀"
    kept = [v for v in _versions(docs, saved["doc_id"]) if v["description"] == "Before a restore"]
    text = docs.get(f"versions/{saved['doc_id']}/{kept[0]['version_id']}").json()["content"]
    assert text == "second"


def test_a_restore_whose_second_half_fails_says_so(docs, double):
    saved = docs.save("first")
    version = docs.post(f"versions/{saved['doc_id']}").json()["version_id"]
    docs.patch(f"memories/{saved['doc_id']}", json={"content": "second"})
    docs.read(saved["doc_id"])
    double.faults.add("drive.files.update", Fault.drive(500, "internalError"), times=20)

    restored = docs.post(f"versions/{saved['doc_id']}/restore/{version}")

    assert (restored.status_code, restored.json()["metadata_pending"]) == (200, True)
    assert docs.read(saved["doc_id"])["content"] == "first"


def test_a_revision_of_googles_is_restored_while_it_lasts(docs, double):
    double.world.keep_revisions = True
    saved = docs.save("first")
    docs.patch(f"memories/{saved['doc_id']}", json={"content": "second"})
    docs.patch(f"memories/{saved['doc_id']}", json={"content": "third"})
    middle = _versions(docs, saved["doc_id"])[1]["version_id"]

    assert docs.get(f"versions/{saved['doc_id']}/{middle}").json()["content"] == "second"
    double.world.keep_revisions = False  # Google merges it away
    gone = docs.post(f"versions/{saved['doc_id']}/restore/{middle}")
    assert (gone.status_code, gone.json()["code"]) == (410, "version-gone")
    assert docs.read(saved["doc_id"])["content"] == "third"


@pytest.mark.parametrize("version", ["s:x", "s:", "r:", "r:../x", "nonsense"])
def test_an_unknown_version_is_not_found_and_not_asked_for(docs, double, version):
    saved = docs.save()
    answer = docs.post(f"versions/{saved['doc_id']}/restore/{version}")
    assert answer.status_code == 404
    assert "drive.revisions.get" not in double.seen


def test_a_revision_that_google_does_not_have_is_gone(docs):
    saved = docs.save()
    assert docs.post(f"versions/{saved['doc_id']}/restore/r:99999").status_code == 410


def test_only_a_version_of_the_very_memory_is_shown(docs, double):
    saved, other = docs.save("mine"), docs.save("another")
    made = docs.post(f"versions/{other['doc_id']}").json()["version_id"]
    for name in (made, f"s:{other['doc_id']}", f"s:{saved['doc_id']}"):
        assert docs.get(f"versions/{saved['doc_id']}/{name}").status_code == 404
    of_other = f"versions/{other['doc_id']}/{made}"
    assert docs.get(of_other).json()["content"] == "another"
    double.world.files[made.removeprefix("s:")].trashed = True
    assert docs.get(of_other).status_code == 404


def test_of_all_versions_the_newest_revision_is_the_present_one(docs, double):
    double.world.keep_revisions = True
    saved = docs.save("first")
    docs.post(f"versions/{saved['doc_id']}")
    docs.patch(f"memories/{saved['doc_id']}", json={"content": "second"})
    told = [(one["kind"], one["current"]) for one in _versions(docs, saved["doc_id"])]
    assert told == [("revision", True), ("snapshot", False), ("revision", False)]


def test_a_version_carries_no_rights_of_its_memory(docs, double):
    saved = docs.save()
    docs.post(f"permissions/{saved['doc_id']}", json={"permissions": {"jun@example.com": "admin"}})
    assert any(name.startswith("adm:") for name in _properties(double, saved["doc_id"]))
    made = docs.post(f"versions/{saved['doc_id']}").json()["version_id"]
    kept = _properties(double, made.removeprefix("s:"))
    assert not any(name.startswith("adm:") for name in kept)


def _properties(double, file_id: str) -> dict:
    return double.world.files[file_id].properties["hub"]


def test_a_text_of_a_revision_is_fetched_from_google_only(docs, double, monkeypatch):
    """A link that leads elsewhere gets no bearer token."""
    saved = docs.save()
    revision = _versions(docs, saved["doc_id"])[0]["version_id"]
    genuine = double.api._revision

    def led_astray(call, file, item):
        found = genuine(call, file, item)
        return found | {"exportLinks": {"text/plain": "http://127.0.0.1:9/steal"}}

    monkeypatch.setattr(double.api, "_revision", led_astray)
    answer = docs.get(f"versions/{saved['doc_id']}/{revision}")
    assert (answer.status_code, answer.json()["code"]) == (502, "google-unavailable")
