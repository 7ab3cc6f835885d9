"""No token of Google's and no text of a memory in logs, problems, the admin or the database."""

import logging

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from google_docs.models import Connection
from google_docs.tests.access.connecting import browser, connect, consented
from google_docs.tests.access.test_who_may import OAUTH
from google_docs.tests.conftest import DocsClient
from memory_hub.accounts.models import User
from testing.google import Fault

TEXT = "the-text-of-a-memory"


@pytest.fixture
def after_work(double, configure, api, caplog):
    """Everything said and answered while an account was connected, used, refused and broken."""
    caplog.set_level(logging.DEBUG)
    configure(root=double.root, **OAUTH)
    double.oauth.clients["hub"] = "hub-secret"
    mina = api("mina@example.com")
    page = browser(mina)
    page.get(consented(connect(page)))
    docs, said = DocsClient(mina), []
    saved = docs.save(TEXT)
    said.append(docs.get("health").text + docs.get("info").text)
    for fault in (Fault.drive(403, "x", "secret detail"), Fault.drive(500, "x"), Fault("fin")):
        double.faults.add("drive.files.get", fault, times=9)
        said.append(docs.get(f"memories/{saved['doc_id']}?").text)
        double.faults.clear()
    double.world.refresh_tokens.clear()
    secrets = [*double.world.access_tokens, *double.oauth.codes, "hub-secret", "secret detail"]
    double.world.access_tokens.clear()
    said.append(docs.get("memories").text)
    return said, secrets, caplog.text


def _refresh_tokens() -> list[str]:
    from google_docs.access.token_encryption import TokenEncryption

    encryption = TokenEncryption(list(OAUTH["token_keys"]))
    return [encryption.open(c.locked_token) for c in Connection.objects.all()]


def test_nothing_secret_is_said_or_logged(after_work):
    said, secrets, logged = after_work
    assert len(secrets) >= 3
    for secret in [*secrets, *_refresh_tokens(), *OAUTH["token_keys"]]:
        assert secret not in logged
        assert not any(secret in text for text in said)
    assert TEXT not in logged


@pytest.mark.django_db(databases="__all__")
def test_nothing_secret_lies_in_the_database(after_work):
    _, secrets, _ = after_work
    dump = "\n".join(
        str(row)
        for model in apps.get_models(include_auto_created=True)
        for row in model.objects.values_list()
    )
    # The dump is of the right database.
    assert "person@example.com" in dump
    for secret in [*secrets, *_refresh_tokens(), *OAUTH["token_keys"], TEXT]:
        assert secret not in dump


def test_the_admin_tells_the_state_in_words_and_no_token(after_work):
    root = User.objects.create_superuser("root@example.com", "pass")
    admin = Client()
    admin.force_login(root)
    connection = Connection.objects.get()
    pages = [
        admin.get(reverse("admin:google_docs_connection_changelist")),
        admin.get(reverse("admin:google_docs_connection_change", args=[connection.pk])),
    ]
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert "Refused by Google since" in text
        for secret in [*_refresh_tokens(), connection.locked_token]:
            assert secret not in text
