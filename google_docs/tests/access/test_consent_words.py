"""Each reason that Google has is told in words, and no consent is lost by another."""

import html
import io
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.utils import timezone

from google_docs.access import consent, folders
from google_docs.client import refusal_texts
from google_docs.config import DRIVE_FILE
from google_docs.models import Connection, Folder
from google_docs.tests.access.connecting import PAGE, browser, connect, consented
from google_docs.tests.access.test_who_may import OAUTH
from google_docs.tests.conftest import DocsClient
from testing.google import Fault


def _said(page) -> str:
    return html.unescape(page.get(PAGE).content.decode())


@pytest.mark.parametrize(
    "reason",
    ["access_denied", "admin_policy_enforced", "org_internal", "invalid_scope", "deleted_client"],
)
def test_what_googles_page_refuses_is_one_sentence_with_what_to_do(hub, reason):
    page = browser(hub("mina@example.com"))
    state = parse_qs(urlsplit(connect(page)).query)["state"][0]
    page.get(f"/google-docs/callback?error={reason}&state={state}")
    assert refusal_texts.REASONS[reason] in _said(page)


@pytest.mark.parametrize("reason", ["invalid_client", "deleted_client", "unauthorized_client"])
def test_what_the_token_endpoint_refuses_is_told_too(hub, double, reason):
    page = browser(hub("mina@example.com"))
    back = consented(connect(page))
    double.faults.add("token", Fault("answer", status=401, body={"error": reason}))
    page.get(back)
    assert refusal_texts.REASONS[reason] in _said(page)
    assert not Connection.objects.exists()


def test_a_reason_that_nobody_knows_is_told_all_the_same():
    assert refusal_texts.sentence("brand_new_reason") == refusal_texts.UNKNOWN


def test_scopes_are_sets_with_googles_long_names_and_more_is_fine(hub, double, configure):
    configure(root=double.root, **OAUTH, scopes=("email", DRIVE_FILE))
    long = "https://www.googleapis.com/auth/userinfo.email"
    double.oauth.granted = f"openid {long} {DRIVE_FILE}"
    page = browser(hub("mina@example.com"))
    page.get(consented(connect(page)))
    assert Connection.objects.get().account == "person@example.com"


def test_an_unticked_scope_is_named(hub, double):
    double.oauth.granted = "openid"
    page = browser(hub("mina@example.com"))
    page.get(consented(connect(page)))
    assert DRIVE_FILE in _said(page)
    assert not Connection.objects.exists()


def test_two_tabs_do_not_burn_each_others_consent(hub):
    page = browser(hub("mina@example.com"))
    first, second = consented(connect(page)), consented(connect(page))
    page.get(second)
    assert Connection.objects.count() == 1
    Connection.objects.all().delete()
    page.get(first)
    assert Connection.objects.count() == 1


def test_another_account_asks_before_it_takes_the_place(hub, double):
    page = browser(hub("mina@example.com"))
    page.get(consented(connect(page)))
    for action, account in (("keep", "person@example.com"), ("replace", "other@example.com")):
        double.oauth.consenting = "other@example.com"
        page.get(consented(connect(page)))
        assert Connection.objects.get().account == "person@example.com"
        assert "You chose other@example.com, but person@example.com is connected" in _said(page)
        page.post(PAGE, {"action": action})
        assert Connection.objects.get().account == account
    assert "You chose" not in _said(page)


def test_a_decision_is_nobody_elses(hub, double):
    page, other = browser(hub("mina@example.com")), browser(hub("eve@example.com"))
    page.get(consented(connect(page)))
    double.oauth.consenting = "other@example.com"
    page.get(consented(connect(page)))
    other.post(PAGE, {"action": "replace"})
    assert Connection.objects.get().account == "person@example.com"


def test_the_end_of_a_consent_in_testing_is_kept_shown_and_warned_of(hub, double):
    double.oauth.testing_ends_in = 7 * 86400
    mina = hub("mina@example.com")
    page = browser(mina)
    page.get(consented(connect(page)))
    connection = Connection.objects.get()
    left = connection.ends_at - timezone.now()
    assert timedelta(days=6.9) < left <= timedelta(days=7)
    assert "Google ends this consent on" in _said(page)
    assert "connect the account again before" not in _said(page)
    DocsClient(mina).save()
    told = mina.get("/google-docs/health").json()["credentials"][0]
    assert told["consent_ends_at"]
    assert told["warning"] is None
    Connection.objects.update(ends_at=timezone.now() + timedelta(days=1))
    assert "connect the account again before" in _said(page)
    told = mina.get("/google-docs/health").json()["credentials"][0]
    assert "connect the account again" in told["warning"]


def test_nonsense_as_the_end_of_a_consent_is_no_end():
    for value in (None, "soon", -1, 0.5, [], 10**12):
        assert consent._end(value) is None


def test_a_refusal_is_kept_with_its_reason(hub, double, configure):
    mina = hub("mina@example.com")
    page = browser(mina)
    page.get(consented(connect(page)))
    configure(root=double.root, **OAUTH)
    body = {"error": "invalid_grant", "error_subtype": "invalid_rapt"}
    double.faults.add("token", Fault("answer", status=400, body=body), times=5)
    answer = DocsClient(mina).post("memories", json={"content": "a"})
    assert (answer.status_code, answer.json()["code"]) == (503, "reauthorization-required")
    assert answer.json()["detail"] == refusal_texts.REASONS["invalid_rapt"]
    assert refusal_texts.REASONS["invalid_rapt"] in _said(page)


def test_the_page_tells_of_a_folder_in_the_trash_and_rescan_finds_one(hub, double):
    mina = hub("mina@example.com")
    page = browser(mina)
    page.get(consented(connect(page)))
    docs = DocsClient(mina)
    docs.save("mine")
    folder = double.world.files[Folder.objects.get().folder_id]
    folder.trashed = True
    assert docs.get("health").status_code == 503
    assert folders.IN_TRASH in _said(page)
    Folder.objects.all().delete()
    out = io.StringIO()
    call_command("google_docs_rescan", stdout=out)
    assert "found again" in out.getvalue()
    assert not folder.trashed
    assert len(docs.get("memories").json()["memories"]) == 1
    assert folders.IN_TRASH not in _said(page)
