"""Each way in which Google can fail, as the caller meets it."""

import pytest

from testing.google import Double, Fault

# Rows of the design's table: what Google answers, our status, code, and whether to come back.
ROWS = [
    (Fault.drive(403, "insufficientPermissions"), 503, "scope-missing"),
    (Fault.drive(403, "accessNotConfigured"), 503, "api-disabled"),
    (Fault.docs(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), 503, "api-disabled"),
    (Fault.drive(403, "insufficientFilePermissions"), 403, "forbidden"),
    (Fault.drive(403, "appNotAuthorizedToFile"), 403, "forbidden"),
    (Fault.drive(403, "userRateLimitExceeded"), 429, "google-rate-limited"),
    (Fault.drive(403, "rateLimitExceeded"), 429, "google-rate-limited"),
    (Fault.drive(403, "sharingRateLimitExceeded"), 429, "google-rate-limited"),
    (Fault.drive(403, "dailyLimitExceeded"), 429, "google-rate-limited"),
    (Fault.docs(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"), 429, "google-rate-limited"),
    (Fault.html(429), 429, "google-rate-limited"),
    (Fault.drive(404, "notFound"), 404, "not-found"),
    (Fault.drive(401, "authError"), 503, "reauthorization-required"),
    (Fault.drive(500, "internalError"), 502, "google-unavailable"),
    (Fault.drive(503, "backendError"), 502, "google-unavailable"),
    (Fault("rst"), 502, "google-unavailable"),
    (Fault("fin"), 502, "google-unavailable"),
    (Fault("truncate"), 502, "google-unavailable"),
    (Fault.drive(400, "invalid"), 502, "google-refused"),
]


@pytest.mark.parametrize(("fault", "status", "code"), ROWS, ids=repr)
def test_a_read_that_google_refuses(docs, double, fault, status, code):
    saved = docs.save()
    double.faults.add("drive.files.get", fault, times=20)
    answer = docs.get(f"memories/{saved['doc_id']}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 429:
        assert int(answer.headers["retry-after"]) >= 1
    if code == "reauthorization-required":
        assert answer.json()["authorize_url"] == "/google-docs/connect"


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.drive(403, "storageQuotaExceeded"), 507),
        (Fault.drive(413, "uploadTooLarge"), 413),
        (Fault.drive(500, "internalError"), 502),
        (Fault("fin"), 502),
    ],
    ids=repr,
)
def test_a_save_that_google_refuses_leaves_nothing(docs, double, fault, status):
    docs.save("the folder exists")
    double.faults.add("drive.files.create", fault, times=20)
    assert docs.post("memories", json={"content": "b"}).status_code == status
    assert len([f for f in double.world.files.values() if f.document]) == 1


def test_a_google_that_does_not_answer_is_504(docs, double, configure):
    configure(root=double.root, timeout=0.1, deadline=0.5)
    saved = docs.save()
    double.faults.add("drive.files.get", Fault("slow", seconds=0.6), times=20)
    answer = docs.get(f"memories/{saved['doc_id']}")
    assert (answer.status_code, answer.json()["code"]) == (504, "google-timeout")


def test_a_google_that_cannot_be_reached_is_502(docs, configure):
    gone = Double()
    gone.server.server_close()
    configure(root=gone.root)
    assert docs.get("memories/" + "1" * 44).status_code == 502


def test_a_consent_that_google_ended_is_told_with_the_page_to_renew_it(docs, double):
    double.faults.add("token", Fault("answer", status=400, body={"error": "invalid_grant"}))
    answer = docs.post("memories", json={"content": "a"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "reauthorization-required"
    assert answer.json()["authorize_url"] == "/google-docs/connect"


def test_health_tells_a_failure_in_words(docs, double):
    double.faults.add("drive.about.get", Fault.drive(403, "accessNotConfigured"))
    answer = docs.get("health")
    assert answer.status_code == 503
    assert answer.json()["credentials"][0]["status"] == "api-disabled"


def test_a_full_account_is_507(docs, double):
    docs.save("the folder exists")
    double.world.accounts["double@example.com"].quota_limit = 10
    answer = docs.post("memories", json={"content": "more than ten bytes"})
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")


def test_reads_that_are_used_up_are_exports_in_lists_and_never_another_text(
    docs, double, configure
):
    from google_docs.config import QuotaLimits

    mine, theirs = docs.save("as it was left")["doc_id"], docs.save("edited")["doc_id"]
    double.world.edit_as_human(theirs, "by hand")
    configure(root=double.root, limits=QuotaLimits(docs_reads=0.001))
    docs.get(f"memories/{mine}")
    listed = docs.get("memories", params={"include": "content"}).json()["memories"]
    texts = {memory["doc_id"]: memory["content"] for memory in listed}
    assert texts == {mine: "as it was left", theirs: None}
    assert listed[0]["unreadable"]["code"] == "google-rate-limited"


def test_a_version_too_large_to_export_is_413(docs, double):
    saved = docs.save("small")
    double.faults.add("drive.files.copy", Fault.drive(403, "exportSizeLimitExceeded"))
    assert docs.post(f"versions/{saved['doc_id']}").status_code == 413


def test_a_folder_deleted_in_google_is_made_again(docs, double):
    docs.save("first")
    for file in list(double.world.files.values()):
        if not file.document:
            del double.world.files[file.id]
    saved = docs.save("second")
    assert [m["doc_id"] for m in docs.get("memories").json()["memories"]] == [saved["doc_id"]]


def test_our_own_buckets_answer_429_before_google_must(docs, double, configure):
    from google_docs.config import QuotaLimits

    configure(root=double.root, limits=QuotaLimits(docs_reads=2))
    saved = docs.save()  # one read for the tag
    docs.read(saved["doc_id"])
    double.world.edit_as_human(saved["doc_id"], "x")
    answer = docs.get(f"versions/{saved['doc_id']}")
    assert answer.status_code == 200
    answer = docs.patch(f"memories/{saved['doc_id']}", json={"content": "b"})
    assert (answer.status_code, answer.json()["code"]) == (429, "google-rate-limited")
    assert int(answer.headers["retry-after"]) >= 5


def test_content_saved_and_metadata_not_is_told(docs, double):
    saved = docs.save()
    double.faults.add("drive.files.update", Fault.drive(403, "insufficientFilePermissions"))
    answer = docs.patch(f"memories/{saved['doc_id']}", json={"content": "new", "category": "c"})
    assert answer.status_code == 200
    assert answer.json()["metadata_pending"] is True
    again = docs.patch(f"memories/{saved['doc_id']}", json={"content": "new", "category": "c"})
    assert "metadata_pending" not in again.json()
    assert docs.read(saved["doc_id"])["category"] == "c"
