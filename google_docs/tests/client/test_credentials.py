"""Credentials that threads share, in the modes that can own documents."""

import asyncio
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from google_docs.access.token_encryption import BadKey, TokenEncryption
from google_docs.client import credentials
from google_docs.client.calls import Calls
from google_docs.client.quota import Buckets
from google_docs.config import DRIVE_FILE, safe_root
from google_docs.errors import (
    NotConfigured,
    ReauthorizationRequired,
    ServiceAccountOwnsNothing,
    StorageFull,
)
from google_docs.tests.conftest import AMPLE, QUICK, user_credentials
from testing.google import Double, Fault

ROBOT = "robot@project.iam.gserviceaccount.com"


def calls_of(transport, credential, drive_id=None) -> Calls:
    return Calls(
        transport,
        credential,
        identity="x",
        buckets=Buckets(AMPLE),
        policy=QUICK,
        drive_id=drive_id,
    )


def service_account(double: Double) -> str:
    """The JSON of a service account that the double knows."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    double.oauth.service_keys[ROBOT] = public.decode()
    double.world.account(ROBOT, service=True)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return json.dumps(
        {
            "type": "service_account",
            "client_email": ROBOT,
            "private_key": private.decode(),
            "token_uri": double.root + "token",
        }
    )


def test_many_threads_with_no_token_refresh_once(double, transport, run):
    calls = calls_of(transport, user_credentials(double))

    async def crowd():
        await asyncio.gather(*(calls.about() for _ in range(20)))

    run(crowd())
    assert double.oauth.refreshes == 1


def test_a_token_refused_once_is_replaced_once(double, transport, run):
    calls = calls_of(transport, user_credentials(double))
    run(calls.about())
    double.world.access_tokens.clear()

    async def crowd():
        await asyncio.gather(*(calls.about() for _ in range(20)))

    run(crowd())
    assert double.oauth.refreshes == 2


def test_a_token_is_replaced_before_it_ends(double, transport, run):
    credential = user_credentials(double)
    calls = calls_of(transport, credential)
    run(calls.about())
    credential._inner.expiry = credentials.utcnow() + credentials.EARLY / 2
    run(calls.about())
    assert double.oauth.refreshes == 2


def test_a_revoked_consent_asks_for_another_and_is_not_asked_again_and_again(
    double, transport, run
):
    calls = calls_of(transport, user_credentials(double, "1//revoked"))

    async def crowd():
        return await asyncio.gather(*(calls.about() for _ in range(20)), return_exceptions=True)

    failures = run(crowd())
    assert {type(failure) for failure in failures} == {ReauthorizationRequired}
    assert double.oauth.refreshes == 1


def test_a_second_401_asks_for_another_consent(double, transport, run):
    calls = calls_of(transport, user_credentials(double))
    double.faults.add("drive.about.get", Fault.drive(401, "authError"), times=2)
    with pytest.raises(ReauthorizationRequired):
        run(calls.about())


def test_a_service_account_without_a_place_for_files_is_refused_with_the_reason():
    with pytest.raises(ServiceAccountOwnsNothing, match="GOOGLE_DRIVE_ID"):
        credentials.of_service_account("{}", scopes=[DRIVE_FILE], drive_id=None, subject=None)


def test_a_service_account_saves_on_a_shared_drive(double, transport, run):
    drive = double.world.shared_drive(**{ROBOT: "fileOrganizer"})
    credential = credentials.of_service_account(
        service_account(double), scopes=[DRIVE_FILE], drive_id=drive, subject=None
    )
    calls = calls_of(transport, credential, drive)
    file = run(calls.create_document({"name": "one", "parents": [drive]}, "text"))
    assert file["driveId"] == drive
    assert len(run(calls.files("trashed=false", size=10))["files"]) == 1
    with pytest.raises(StorageFull):
        run(calls.create_document({"name": "two"}, "text"))


def test_a_delegated_service_account_saves_as_the_person_it_acts_for(double, transport, run):
    credential = credentials.of_service_account(
        service_account(double), scopes=[DRIVE_FILE], drive_id=None, subject="mina@example.com"
    )
    calls = calls_of(transport, credential)
    run(calls.create_document({"name": "one"}, "text"))
    assert run(calls.about())["user"]["emailAddress"] == "mina@example.com"


def test_what_is_no_service_account_is_told_by_its_setting():
    with pytest.raises(NotConfigured, match="GOOGLE_SERVICE_ACCOUNT"):
        credentials.of_service_account(
            "/no/such/file", scopes=[DRIVE_FILE], drive_id="d", subject=None
        )


def test_a_secret_outlives_the_key_that_it_was_locked_with():
    from cryptography.fernet import Fernet

    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    locked = TokenEncryption([old]).lock("1//secret")
    assert "secret" not in locked
    rotated = TokenEncryption([new, old]).rotate(locked)
    assert TokenEncryption([new]).open(rotated) == "1//secret"
    with pytest.raises(BadKey):
        TokenEncryption([new]).open(locked)
    with pytest.raises(BadKey):
        TokenEncryption(["no key"])


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://127.0.0.1/", "127.0.0.1:80"])
def test_tokens_go_to_no_double_on_another_machine(url):
    with pytest.raises(ValueError, match="on this machine"):
        safe_root(url)


def test_a_double_on_this_machine_may_stand_in():
    assert safe_root("http://127.0.0.1:9400") == "http://127.0.0.1:9400/"
