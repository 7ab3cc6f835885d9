"""Whatever Google answers: one effect, the right class of answer, no 500 and no foreign text."""

from datetime import timedelta

import pytest

from google_docs.store import exactly_once
from google_docs.tests.store.settling import settled
from testing.google import Fault

SENSELESS = [
    Fault.senseless(b"{}"),
    Fault.senseless(b"[]"),
    Fault.senseless(b"null"),
    Fault.senseless(b"<html>Sorry</html>", "text/html"),
    Fault.senseless(b'{"id": "1'),
    Fault.senseless(b""),
    Fault.senseless(b'{"id": 7, "files": {}, "revisionId": [], "body": 1}'),
    Fault("mistype"),
    Fault("truncate"),
]
REASONS = [
    "userRateLimitExceeded", "rateLimitExceeded", "sharingRateLimitExceeded",
    "dailyLimitExceeded", "storageQuotaExceeded", "insufficientPermissions",
    "accessNotConfigured", "insufficientFilePermissions", "exportSizeLimitExceeded", "unheardOf",
]  # fmt: skip
REFUSALS = [
    Fault.html(429),
    *(Fault.drive(403, reason) for reason in REASONS),
    Fault.senseless(b"[]"),
    Fault("answer", status=403, body=[]),
    Fault("answer", status=400, body={"error": {"message": 7, "errors": [7], "status": {}}}),
    Fault("answer", status=409, body={"error": []}, headers={"Retry-After": "inf"}),
    Fault.drive(429, "rateLimitExceeded", headers={"Retry-After": "nan"}),
]
LOST = [
    Fault("rst"), Fault("fin"), Fault.drive(500, "internalError"),
    Fault.drive(503, "backendError"), Fault.html(502),
]  # fmt: skip
FAULTS = [
    *REFUSALS, *SENSELESS, *LOST,
    *(fault.after() for fault in [*REFUSALS, *LOST, *SENSELESS[:-2]]),
]  # fmt: skip
RIGHT = {403, 429, 502, 503, 504, 507, 413}


@pytest.fixture
def soon(monkeypatch):
    """What is looked up after an answer is looked up at once."""
    monkeypatch.setattr(exactly_once, "LOOKS", (0.01,))


def _names(double) -> list[str]:
    return sorted(file.name for file in double.world.files.values() if file.document)


def test_a_save_is_one_file_or_none_whatever_google_answers(docs, double, soon):
    docs.save("the folder exists")
    for number, fault in enumerate(FAULTS):
        double.faults.add("drive.files.create", fault)
        answer = docs.post("memories", json={"content": f"text {number}"})
        made = _names(double).count(f"text {number}")
        assert answer.status_code in {201, *RIGHT}, (fault, answer.text)
        assert made == (answer.status_code == 201), (fault, answer.text)


def test_a_save_whose_every_answer_makes_no_sense_is_one_file(docs, double, soon):
    docs.save("the folder exists")
    for number, fault in enumerate(SENSELESS[:-2]):
        double.faults.add("drive.files.create", fault.after(), times=20)
        answer = docs.post("memories", json={"content": f"text {number}"})
        double.faults.clear()
        assert answer.status_code == 201, fault
        assert _names(double).count(f"text {number}") == 1, fault


@pytest.mark.drill
def test_a_batch_keeps_the_truth_of_each_item(docs, double, soon):
    docs.save("the folder exists")
    for turn, fault in enumerate(FAULTS):
        double.faults.add("drive.files.create", fault, times=2)
        texts = [f"batch {turn} item {n}" for n in range(4)]
        items = [{"content": text} for text in texts]
        body = docs.post("batch/save", json={"memories": items}).json()
        for text, result in zip(texts, body["results"], strict=True):
            assert result["status"] in {201, *RIGHT}, (fault, result)
            assert _names(double).count(text) == (result["status"] == 201), (fault, result)


def test_a_batch_tells_the_others_though_one_met_what_nobody_expected(docs, double, monkeypatch):
    from google_docs.store import memories

    genuine = memories.file_properties.title

    def title(text: str) -> str:
        if text == "two":
            raise KeyError(text)
        return genuine(text)

    monkeypatch.setattr(memories.file_properties, "title", title)
    items = [{"content": text} for text in ("one", "two", "three")]
    body = docs.post("batch/save", json={"memories": items}).json()
    assert [result["status"] for result in body["results"]] == [201, 500, 201]
    assert _names(double) == ["one", "three"]


WRITES = {
    "docs.documents.batchUpdate": ("patch", "memories/{id}", {"content": "new"}),
    "drive.files.update": ("patch", "memories/{id}", {"metadata": {"n": 1}}),
    "drive.files.copy": ("post", "versions/{id}", None),
    "drive.permissions.create": (
        "post", "permissions/{id}", {"permissions": {"jun@example.com": "viewer"}},
    ),
}  # fmt: skip


@pytest.mark.drill
@pytest.mark.parametrize("method", WRITES)
def test_a_write_happens_once_or_is_told_as_failed(docs, double, soon, method):
    verb, path, body = WRITES[method]
    for fault in FAULTS:
        doc_id = docs.save("old")["doc_id"]
        double.faults.add(method, fault)
        copies = len(_names(double))
        options = {"json": body} if body else {}
        answer = getattr(docs, verb)(path.format(id=doc_id), **options)
        double.faults.clear()
        assert answer.status_code in {200, 201, 422, *RIGHT}, (fault, answer.text)
        if method.endswith("batchUpdate"):
            texts = [text for _, text in double.world.files[doc_id].texts]
            assert texts == (["old", "new"] if answer.status_code == 200 else ["old"]), fault
        if method.endswith("copy"):
            assert len(_names(double)) - copies == (answer.status_code == 201), fault
        if method.endswith("create"):
            granted = "jun@example.com" in str(double.world.files[doc_id].permissions)
            assert granted == (answer.status_code == 200), (fault, answer.text)


READS = {
    "drive.files.get": ("get", "memories/{id}", None),
    "docs.documents.get": ("get", "memories/{id}", None),
    "drive.files.list": ("get", "memories", None),
    "drive.revisions.list": ("get", "versions/{id}", None),
    "drive.permissions.list": ("get", "permissions/{id}", None),
    "drive.changes.getStartPageToken": ("get", "memories/{id}", None),
    "drive.about.get": ("get", "stats", None),
}


@pytest.mark.parametrize("method", READS)
def test_a_read_survives_one_of_each_and_tells_a_lasting_one_in_its_class(docs, double, method):
    verb, path, _ = READS[method]
    doc_id = docs.save("text")["doc_id"]
    for fault in [*REFUSALS, *SENSELESS, *LOST]:
        for times in (1, 30):
            double.faults.add(method, fault, times=times)
            answer = getattr(docs, verb)(path.format(id=doc_id))
            double.faults.clear()
            assert answer.status_code in {200, *RIGHT}, (fault, answer.text)
            if fault in [*SENSELESS, *LOST] and times == 1:
                assert answer.status_code == 200, (fault, answer.text)


def test_answers_about_another_file_are_not_believed(docs, double):
    mine, other = docs.save("mine")["doc_id"], docs.save("other")["doc_id"]
    for method, body in (
        ("docs.documents.get", {"documentId": other, "revisionId": "x", "body": {}, "tabs": []}),
        ("drive.files.get", {"id": other, "name": "n", "createdTime": "2026-01-01T00:00:00Z",
                             "modifiedTime": "2026-01-01T00:00:00Z"}),
    ):  # fmt: skip
        double.faults.add(method, Fault("answer", status=200, body=body), times=30)
        answer = docs.get(f"memories/{mine}")
        double.faults.clear()
        assert answer.status_code == 502
        assert "other" not in answer.text


def test_lists_that_lag_thirty_seconds_make_no_lasting_twin(docs, double, soon, monkeypatch):
    monkeypatch.setattr(exactly_once, "SETTLED", timedelta(0))
    docs.save("the folder exists")
    double.world.all_lists_lag = 30
    for number, fault in enumerate([*LOST, *SENSELESS[:-2]]):
        double.faults.add("drive.files.create", fault.after())
        saved = docs.save(f"text {number}")
        assert docs.read(saved["doc_id"])["content"] == f"text {number}"
    double.world.clock.advance(200)
    docs.get("memories", params={"limit": 100})
    from testing.clients.in_process import _loop

    _loop.run_until_complete(settled())
    listed = docs.get("memories", params={"limit": 100}).json()["memories"]
    for memory in listed:
        assert docs.read(memory["doc_id"])["title"] == memory["title"]
    assert sorted(memory["title"] for memory in listed) == _names(double)
    assert len(set(_names(double))) == len(_names(double))


def test_a_copy_that_a_person_made_and_edits_is_a_memory_of_its_own(docs, double):
    saved = docs.save("mine")
    file = double.world.files[saved["doc_id"]]
    copy = double.world.copy_as_human(file.id)
    double.world.clock.advance(600)
    double.world.edit_as_human(copy, "theirs")
    double.world.clock.advance(600)
    listed = docs.get("memories").json()["memories"]
    assert {memory["doc_id"] for memory in listed} == {file.id, copy}
    assert copy in double.world.files


def test_a_revision_refused_in_other_words_is_stale_all_the_same(docs, double):
    saved = docs.save("old")
    double.world.edit_as_human(saved["doc_id"], "typed by hand")
    words = Fault.docs(400, "FAILED_PRECONDITION")
    double.faults.add("docs.documents.batchUpdate", words)
    answer = docs.patch(f"memories/{saved['doc_id']}", json={"content": "mine"})
    assert (answer.status_code, answer.json()["code"]) == (502, "google-refused")
    double.world.before_update = lambda: double.world.edit_as_human(saved["doc_id"], "faster")
    double.faults.add("docs.documents.batchUpdate", words)
    tag = f'"{docs.read(saved["doc_id"])["revision"]}"'
    answer = docs.patch(
        f"memories/{saved['doc_id']}", json={"content": "mine"}, headers={"If-Match": tag}
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-revision")


def test_a_lone_writer_who_meets_5xx_is_not_told_that_others_write(docs, double):
    saved = docs.save("old")
    double.faults.add("docs.documents.batchUpdate", Fault.drive(500, "internalError"), times=50)
    answer = docs.patch(f"memories/{saved['doc_id']}", json={"content": "mine"})
    assert (answer.status_code, answer.json()["code"]) == (502, "google-unavailable")
    assert docs.read(saved["doc_id"])["content"] == "old"


def test_a_document_without_a_revision_is_refused_to_be_written(docs, double):
    saved = docs.save("old")
    for role in ("reader", "commenter"):
        double.world.files[saved["doc_id"]].permissions[
            double.world.account("double@example.com").permission_id
        ]["role"] = role
        for parent in double.world.files[saved["doc_id"]].parents:
            double.world.files[parent].permissions.clear()
        answer = docs.patch(f"memories/{saved['doc_id']}", json={"content": "mine"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["drive.files.create", "docs.documents.batchUpdate"])
def test_a_write_that_is_answered_too_late_happens_once(
    docs, double, configure, monkeypatch, method, when
):
    """Google carries it out although nobody waits any more: what was answered is the truth."""
    from testing.clients.in_process import _loop

    monkeypatch.setattr(exactly_once, "LOOKS", (3,))
    configure(root=double.root, timeout=0.4, deadline=6)
    saved = docs.save("old")
    double.faults.add(method, Fault("slow", when, seconds=0.8))
    if method.endswith("create"):
        answer = docs.post("memories", json={"content": "new"})
    else:
        answer = docs.patch(f"memories/{saved['doc_id']}", json={"content": "new"})
    assert answer.status_code in {200, 201}, answer.text
    _loop.run_until_complete(settled())
    assert docs.read(answer.json()["doc_id"])["content"] == "new"
    names = [name for name in _names(double) if name in {"old", "new"}]
    assert names == (["new", "old"] if method.endswith("create") else ["new"])
