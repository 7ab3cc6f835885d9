"""A Django session is a credential too; writes need the CSRF token."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.middleware.csrf import _get_new_csrf_string
from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.models import User
from memory_hub.core.identity import OPERATOR
from memory_hub.jobs.declared import scheduled

URL = "/superthread/memories"
BODY = {"content": "From a page."}


def cookies(user: User) -> dict[str, str]:
    """The cookies of a browser in which the user logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    secret = _get_new_csrf_string()
    return {settings.SESSION_COOKIE_NAME: session.session_key, "csrftoken": secret}


def header(values: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in values.items())}


@pytest.fixture
def user(db):
    return services.ensure_user("mina@example.com", by=OPERATOR)


def test_a_session_reads_and_with_the_csrf_token_writes(nobody, user):
    browser = cookies(user)
    write = {**header(browser), "X-CSRFToken": browser["csrftoken"]}
    saved = nobody.post(URL, json=BODY, headers=write)
    assert saved.status_code == 201
    assert saved.json()["owner"] == "mina@example.com"
    listed = nobody.get(URL, headers=header(browser))
    assert [memory["content"] for memory in listed.json()["memories"]] == [BODY["content"]]


def test_a_session_sends_a_file_with_the_csrf_token_and_none_without(
    nobody, user, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    browser = cookies(user)
    sent = {**header(browser), "Content-Type": "application/octet-stream"}
    refused = nobody.post("/superthread/imports", content=b"# A note", headers=sent)
    assert refused.status_code == 403
    sent["X-CSRFToken"] = browser["csrftoken"]
    answer = nobody.post("/superthread/imports", content=b"# A note", headers=sent)
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize("token", [None, "", "x" * 32, "y" * 64])
def test_a_write_without_the_csrf_token_is_refused(nobody, user, token):
    sent = header(cookies(user)) | ({"X-CSRFToken": token} if token is not None else {})
    answer = nobody.post(URL, json=BODY, headers=sent)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_csrf_token_in_a_form_does_not_open_the_api(nobody, user):
    browser = cookies(user)
    answer = nobody.post(
        URL, data={"csrfmiddlewaretoken": browser["csrftoken"]}, headers=header(browser)
    )
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "key",
    ['"\\000\\000\\000\\000\\000\\000\\000\\000\\000"', "x" * 32, "x", "", "\xff" * 20, "a" * 5000],
    ids=["NUL", "unknown", "short", "empty", "not ASCII", "long"],
)
def test_a_session_cookie_that_is_none_is_401(nobody, user, key):
    sent = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}".encode("latin-1")}
    assert nobody.get(URL, headers=sent).status_code == 401


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "changed"}])
def test_a_session_ends_with_its_account_or_password(nobody, user, change):
    browser = header(cookies(user))
    assert nobody.get(URL, headers=browser).status_code == 200
    User.objects.filter(pk=user.pk).update(**change)
    assert nobody.get(URL, headers=browser).status_code == 401


def test_a_bad_token_is_not_saved_by_a_good_session(nobody, user):
    sent = {**header(cookies(user)), "Authorization": "Bearer nonsense"}
    assert nobody.get(URL, headers=sent).status_code == 401


def test_sessions_that_are_over_are_forgotten_by_a_job_and_no_others(nobody, user):
    over, live = cookies(user), cookies(user)
    key = over[settings.SESSION_COOKIE_NAME]
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert nobody.get(URL, headers=header(over)).status_code == 401
    assert scheduled()["forget_sessions"].run() == 1
    (left,) = Session.objects.values_list("pk", flat=True)
    assert left == live[settings.SESSION_COOKIE_NAME]
    assert nobody.get(URL, headers=header(live)).status_code == 200
