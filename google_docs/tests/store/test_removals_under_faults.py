"""Deletions and grants under every fault, before and after the commit: told as what they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from google_docs.tests.store.test_truth_under_faults import LOST, REFUSALS, RIGHT, SENSELESS
from testing.google import Fault

JUN = "jun@example.com"
EVERY = [*REFUSALS, *SENSELESS, *LOST]
FAULTS = [*EVERY, *(fault.after() for fault in EVERY if fault.kind not in {"mistype", "truncate"})]
# To a deletion, the very answer that Google gives.
EMPTY = Fault.senseless(b"")


def _role(double: Any, doc_id: str) -> str | None:
    grants = double.world.files[doc_id].permissions.values()
    return next((grant["role"] for grant in grants if grant["emailAddress"] == JUN), None)


@dataclass(frozen=True)
class Row:
    """A call that writes by `method`, and whether it took effect."""

    method: str
    call: Callable[[Any, str], Any]
    done: Callable[[Any, str], bool]
    versions: int = 0


def _grant(role: str | None) -> Callable[[Any, str], Any]:
    return lambda docs, doc_id: docs.post(
        f"permissions/{doc_id}", json={"permissions": {JUN: role}}
    )


def _purge(docs: Any, doc_id: str) -> Any:
    return docs.delete(f"memories/{doc_id}", params={"permanent": "true"})


def _purged(double: Any, doc_id: str) -> bool:
    return doc_id not in double.world.files


ROWS = {
    "trash": Row(
        "drive.files.update",
        lambda docs, doc_id: docs.delete(f"memories/{doc_id}"),
        lambda double, doc_id: double.world.files[doc_id].trashed,
    ),
    "permanent delete": Row("drive.files.delete", _purge, _purged),
    "permanent delete with a version": Row("drive.files.delete", _purge, _purged, versions=1),
    "revoke": Row(
        "drive.permissions.delete", _grant(None), lambda double, it: _role(double, it) is None
    ),
    "change of a grant": Row(
        "drive.permissions.update",
        _grant("editor"),
        lambda double, it: _role(double, it) == "writer",
    ),
    "grant": Row(
        "drive.permissions.create",
        _grant("viewer"),
        lambda double, it: _role(double, it) == "reader",
    ),
}


def _prepared(docs: Any, row: Row) -> str:
    doc_id = docs.save("text")["doc_id"]
    if row.method in {"drive.permissions.delete", "drive.permissions.update"}:
        assert _grant("viewer")(docs, doc_id).status_code == 200
    for _ in range(row.versions):
        assert docs.post(f"versions/{doc_id}").status_code == 201
    return doc_id


def _check(docs: Any, double: Any, row: Row, doc_id: str, answer: Any, fault: Fault) -> None:
    told = answer.status_code in {200, 204}
    assert told or answer.status_code in RIGHT, (fault, answer.text)
    assert told == row.done(double, doc_id), (fault, answer.status_code, answer.text)
    if "permissions" not in row.method:
        assert docs.get(f"memories/{doc_id}").status_code == (404 if told else 200), fault


@pytest.mark.drill
@pytest.mark.parametrize("times", [1, 30], ids=["once", "lasting"])
@pytest.mark.parametrize("name", ROWS)
def test_what_is_told_of_a_removal_or_a_grant_is_what_google_holds(docs, double, name, times):
    row = ROWS[name]
    for fault in FAULTS:
        if fault == EMPTY and row.method == "drive.files.delete":
            continue
        doc_id = _prepared(docs, row)
        double.faults.add(row.method, fault, times=times)
        answer = row.call(docs, doc_id)
        double.faults.clear()
        _check(docs, double, row, doc_id, answer, fault)
        if times == 1 and fault in [*LOST, *SENSELESS]:
            assert row.done(double, doc_id), fault


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ROWS)
def test_a_removal_or_a_grant_that_is_answered_too_late_is_made(
    docs, double, configure, name, when
):
    configure(root=double.root, timeout=0.3, deadline=6)
    row = ROWS[name]
    doc_id = _prepared(docs, row)
    fault = Fault("slow", when, seconds=0.6)
    double.faults.add(row.method, fault)
    answer = row.call(docs, doc_id)
    _check(docs, double, row, doc_id, answer, fault)
    assert row.done(double, doc_id)


@pytest.mark.parametrize("name", ROWS)
def test_a_refusal_of_what_google_carried_out_is_not_believed(docs, double, name):
    row = ROWS[name]
    for fault in (Fault.drive(403, "unheardOf").after(), Fault.drive(503, "backendError").after()):
        doc_id = _prepared(docs, row)
        double.faults.add(row.method, fault, times=30)
        answer = row.call(docs, doc_id)
        double.faults.clear()
        assert answer.status_code in {200, 204}, (fault, answer.text)
        assert row.done(double, doc_id)


def test_a_refused_deletion_for_good_is_none_though_a_person_puts_it_into_the_trash(docs, double):
    doc_id = docs.save("text")["doc_id"]

    def plan(method_id: str) -> Fault | None:
        if method_id != "drive.files.delete":
            return None
        double.world.files[doc_id].trashed = True
        return Fault.drive(403, "insufficientFilePermissions")

    double.faults.plan = plan
    assert _purge(docs, doc_id).status_code == 403
    assert doc_id in double.world.files


def test_a_refused_move_to_the_trash_is_told(docs, double):
    doc_id = docs.save("text")["doc_id"]
    double.faults.add("drive.files.update", Fault.drive(403, "insufficientFilePermissions"))
    assert docs.delete(f"memories/{doc_id}").status_code == 403
    assert docs.read(doc_id)["content"] == "text"


def test_a_permission_that_google_says_it_changed_and_did_not_is_told(docs, double):
    row = ROWS["revoke"]
    doc_id = _prepared(docs, row)
    double.faults.add(row.method, EMPTY, times=30)
    answer = row.call(docs, doc_id)
    assert (answer.status_code, answer.json()["code"]) == (502, "google-unavailable")
    assert not row.done(double, doc_id)


@pytest.mark.drill
def test_a_batch_of_deletions_keeps_the_truth_of_each_item(docs, double):
    for fault in FAULTS:
        ids = [docs.save(f"item {n}")["doc_id"] for n in range(4)]
        double.faults.add("drive.files.update", fault, times=2)
        body = docs.post("batch/delete", json={"doc_ids": ids}).json()
        double.faults.clear()
        for doc_id, result in zip(ids, body["results"], strict=True):
            assert result["status"] in {204, *RIGHT}, (fault, result)
            assert double.world.files[doc_id].trashed == (result["status"] == 204), (fault, result)
