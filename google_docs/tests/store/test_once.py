"""Each memory is saved once, whatever happens to the connection."""

import asyncio
import random

import pytest

from google_docs.client.calls import Calls
from google_docs.client.quota import Buckets
from google_docs.client.retry import Policy
from google_docs.client.transport import Transport
from google_docs.errors import GoogleDocsError
from google_docs.store import exactly_once
from google_docs.store.exactly_once import create_once
from google_docs.tests.conftest import AMPLE, user_credentials
from google_docs.tests.store.settling import settled
from memory_hub.core.circuit_breaker import Breaker
from testing.google import Fault
from testing.google.world import DOC

KINDS = [
    Fault("rst"),
    Fault("fin"),
    Fault("truncate", "after"),
    Fault("rst", "after"),
    Fault("fin", "after"),
    Fault.drive(429, "rateLimitExceeded"),
    Fault.html(429),
    Fault.drive(403, "userRateLimitExceeded"),
    Fault.drive(500, "internalError"),
    Fault.drive(500, "internalError").after(),
    Fault.drive(503, "backendError"),
    Fault.drive(503, "backendError").after(),
    Fault.senseless(b"{}").after(),
    Fault.html(200).after(),
]
# Longer than the client waits: Google carries the call out, and nobody hears of it in time.
TIMEOUT = 3.0
TOO_SLOW = [Fault("slow", when, seconds=TIMEOUT + 0.5) for when in ("before", "after")]


@pytest.fixture
def patient(double, monkeypatch):
    """A client with many tries, whose patience with one call is short."""
    monkeypatch.setattr(exactly_once, "LOOKS", (2,))
    transport = Transport(root=double.root, timeout=TIMEOUT)
    policy = Policy(tries=8, base=0.002, cap=0.02, deadline=60)
    yield Calls(
        transport,
        user_credentials(double),
        identity="double",
        buckets=Buckets(AMPLE),
        policy=policy,
    )
    transport.close()


@pytest.mark.drill
def test_500_saves_under_faults_are_500_documents(double, patient, run):
    dice = random.Random(7)

    def plan(method_id: str) -> Fault | None:
        if method_id != "drive.files.create" or dice.random() > 0.4:
            return None
        return dice.choice(TOO_SLOW if dice.random() < 0.03 else KINDS)

    async def save(folder: str, number: int) -> str:
        key = f"key-{number}"
        body = {"name": key, "parents": [folder], "appProperties": {"mh_id": key}}
        async with patient.bulk:
            file = await create_once(
                patient,
                lambda: patient.create_document(body, f"text {number}"),
                key=key,
                folder=folder,
            )
        return file["id"]

    async def all_of_them() -> list[str]:
        folder = (await patient.create_folder({"name": "hub"}))["id"]
        double.faults.plan = plan
        answered = await asyncio.gather(*(save(folder, n) for n in range(500)))
        await settled()
        return answered

    answered = run(all_of_them())
    stored = [file for file in double.world.files.values() if file.mime == DOC]
    assert sorted(file.name for file in stored) == sorted(f"key-{n}" for n in range(500))
    assert {file.id for file in stored} == set(answered)


def test_a_save_whose_answer_got_lost_is_looked_up_though_google_is_gone_by_then(
    double, patient, run
):
    breaker = patient.transport.breaker = Breaker(0.05)
    folder = run(patient.create_folder({"name": "hub"}))["id"]
    double.faults.add("drive.files.create", Fault("fin", "after"))
    body = {"name": "one", "parents": [folder], "appProperties": {"mh_id": "key"}}

    async def create():
        try:
            return await patient.create_document(body, "text")
        finally:
            breaker.failed()

    file = run(create_once(patient, create, key="key", folder=folder))
    assert [f.id for f in double.world.files.values() if f.mime == DOC] == [file["id"]]


def test_a_lagging_index_of_properties_makes_no_twins(double, patient, run):
    folder = run(patient.create_folder({"name": "hub"}))["id"]
    double.world.list_lag = 3600
    double.faults.add("drive.files.create", Fault("fin", "after"))
    body = {"name": "one", "parents": [folder], "appProperties": {"mh_id": "key"}}

    file = run(
        create_once(patient, lambda: patient.create_document(body, "text"), key="key",
                    folder=folder)
    )  # fmt: skip

    assert [f.id for f in double.world.files.values() if f.mime == DOC] == [file["id"]]


@pytest.mark.drill
def test_a_create_carried_out_after_we_gave_up_leaves_no_twin(double, patient, run):
    """Google commits the first try only after the second one was answered."""
    folder = run(patient.create_folder({"name": "hub"}))["id"]
    double.faults.add("drive.files.create", TOO_SLOW[0])
    body = {"name": "one", "parents": [folder], "appProperties": {"mh_id": "key"}}

    async def save():
        await create_once(
            patient, lambda: patient.create_document(body, "text"), key="key", folder=folder
        )
        await settled()

    run(save())
    assert sum(file.mime == DOC for file in double.world.files.values()) == 1


def test_a_save_that_fails_for_good_says_so_and_leaves_nothing(double, patient, run):
    folder = run(patient.create_folder({"name": "hub"}))["id"]
    double.faults.add("drive.files.create", Fault.drive(403, "storageQuotaExceeded"))
    with pytest.raises(GoogleDocsError):
        run(
            create_once(patient, lambda: patient.create_document({"parents": [folder]}, "text"),
                        key="key", folder=folder)
        )  # fmt: skip
    assert sum(file.mime == DOC for file in double.world.files.values()) == 0
