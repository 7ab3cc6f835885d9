"""A write that outlives its request: Google was not asked, or the answer says that it may have."""

import asyncio
import threading

import pytest

from memory_hub.idempotency import execute
from testing.clients import in_process as testing

PATIENCE = 30
NEW = {"content": "Mina has it."}


class Gate:
    """Holds calls of one method at Google until it is opened."""

    def __init__(self, double, method_id: str) -> None:
        self.reached, self._open = threading.Event(), threading.Event()

        def plan(asked: str) -> None:
            if asked == method_id:
                self.reached.set()
                self._open.wait(PATIENCE)

        double.faults.plan = plan

    def open(self) -> None:
        self._open.set()


def state(double) -> list:
    return sorted(
        (file.id, file.name, file.trashed, repr(file.properties), len(file.permissions))
        for file in double.world.files.values()
    )


def settle() -> None:
    """Lets what goes on after an answer come to its end."""

    async def all_of_it() -> None:
        while execute.under_way:
            await asyncio.gather(*execute.under_way, return_exceptions=True)

    testing._loop.run_until_complete(all_of_it())


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize(
    ("verb", "waiting_for"), [("patch", "docs.documents.get"), ("delete", "drive.files.get")]
)
def test_what_is_given_up_before_google_was_asked_to_write_changes_nothing(
    docs, double, settings, verb, waiting_for, keyed
):
    doc_id = docs.save()["doc_id"]
    options = {"headers": {"Idempotency-Key": "one"} if keyed else {}}
    options |= {"json": NEW} if verb == "patch" else {}
    gate, before = Gate(double, waiting_for), state(double)
    settings.HUB_REQUEST_SECONDS = 1
    try:
        answer = getattr(docs, verb)(f"memories/{doc_id}", **options)
    finally:
        gate.open()
    settings.HUB_REQUEST_SECONDS = 30
    assert gate.reached.is_set()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"
    settle()
    assert state(double) == before
    # A key that had no effect is free again.
    again = getattr(docs, verb)(f"memories/{doc_id}", **options)
    assert again.status_code in (200, 204), again.text


@pytest.mark.parametrize("keyed", [False, True])
def test_who_is_given_up_while_google_writes_is_told_so(docs, double, settings, keyed):
    options = {"headers": {"Idempotency-Key": "two"} if keyed else {}}
    docs.save("makes the folder")
    gate = Gate(double, "drive.files.create")
    settings.HUB_REQUEST_SECONDS = 1
    try:
        answer = docs.post("memories", json=NEW, **options)
    finally:
        gate.open()
    settings.HUB_REQUEST_SECONDS = 30
    assert (answer.status_code, answer.json()["code"]) == (503, "outcome-unknown")
    assert "Retry-After" not in answer.headers
    settle()
    if keyed:
        again = docs.post("memories", json=NEW, **options)
        assert (again.status_code, again.json()["code"]) == (409, "idempotency-outcome-unknown")
