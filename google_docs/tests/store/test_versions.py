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


@pytest.mark.parametrize("version", ["s:x", "s:", "r:", "r:../x", "nonsense", "r:99999"])
def test_an_unknown_version_is_not_found(docs, version):
    saved = docs.save()
    answer = docs.post(f"versions/{saved['doc_id']}/restore/{version}")
    assert answer.status_code in {404, 410}


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
