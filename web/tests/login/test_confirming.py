"""Before what needs to be sure who is there: those who have a single sign-on and nothing else."""

import time
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from allauth.core.context import request_context
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.test import RequestFactory

from memory_hub.accounts.models import User
from memory_hub.conf.single_sign_on import SingleSignOn
from testing.clients.browsing import Person, carry_out, inside, registered
from web.single_sign_on.provider import Provider

MINA, JUN = "mina@example.com", "jun@example.com"
CONFIRM, DELETE = "/account/confirm/sign-on", "/account/delete"
ASKING = (DELETE, "/account/email", "/account/password/set", "/account/security/app")


@pytest.fixture(autouse=True)
def provider(settings):
    names = ("https://id.example.com", "hub", "a secret", "Example ID")
    settings.HUB_OIDC = SingleSignOn(*names, trusts_email=True, groups_claim="groups", places=())
    return settings


@pytest.fixture
def mina(db):
    """Inside, without a password, known by her sign-on."""
    person = Person(MINA)
    person.user = User.objects.create_user(MINA)
    SocialAccount.objects.create(user=person.user, provider="oidc", uid="m1")
    person.force_login(person.user)
    return person


def comes_back(person, uid="m1", process="redirect", **claims):
    """The answer to who comes back from the provider, in the person's session."""
    request = RequestFactory().get("/account/oidc/callback")
    request.user, request.session = person.user, person.session
    said = {"id_token": {"sub": uid, "email": MINA, "email_verified": True, **claims}}
    coming = SocialLogin(
        user=User(),
        account=SocialAccount(provider="oidc", uid=uid, extra_data=said),
        provider=SimpleNamespace(serialize=dict),
    )
    coming.state = {"process": process, "next": DELETE}
    with request_context(request):
        answer = complete_login(request, coming)
    request.session.save()
    return answer


@pytest.mark.parametrize("path", ASKING)
def test_who_has_a_sign_on_alone_is_led_to_it(mina, sending, path):
    asked = mina.get(path)
    assert (asked.status_code, asked.headers["Location"]) == (
        302,
        f"{CONFIRM}?next={quote(path, safe='')}",
    )
    page = mina.text(asked.headers["Location"])
    assert "Example ID" in page
    assert f"/account/oidc/login?process=redirect&amp;next={path}" in page
    assert comes_back(mina, auth_time=int(time.time())).status_code == 302
    assert mina.get(path).status_code == 200


def test_they_take_their_data_along_and_delete_their_account(mina):
    assert mina.get("/account/export").status_code == 200
    assert mina.get("/account/export/0").json()["email"] == MINA
    assert comes_back(mina).headers["Location"] == DELETE
    assert "deleted" in mina.send(DELETE, email=MINA).content.decode()
    carry_out()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("uid", "claims"),
    [
        ("j1", {}),
        ("nobody", {}),
        ("m1", {"auth_time": int(time.time()) - 3600}),
        ("m1", {"auth_time": "just now"}),
    ],
)
def test_anothers_sign_on_and_one_from_before_confirm_nothing(mina, uid, claims):
    SocialAccount.objects.create(user=registered(JUN), provider="oidc", uid="j1")
    assert comes_back(mina, uid, **claims).status_code == 403
    assert mina.get(DELETE).headers["Location"].startswith(CONFIRM)
    assert set(SocialAccount.objects.values_list("uid", flat=True)) == {"m1", "j1"}


def test_it_counts_for_five_minutes(mina, monkeypatch):
    comes_back(mina)
    now = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: now)
    assert mina.get(DELETE).headers["Location"].startswith(CONFIRM)


def test_who_has_a_password_is_asked_for_it(db):
    mina = inside(MINA)
    SocialAccount.objects.create(user=mina.user, provider="oidc", uid="m1")
    assert comes_back(mina).status_code == 403
    assert mina.get(DELETE).headers["Location"].startswith("/account/confirm?")
    assert comes_back(mina, "m2", process="connect").headers["Location"] == "/account/confirm"


@pytest.mark.parametrize(
    ("issuer", "again"),
    [
        ("https://id.example.com", {"prompt": "login", "max_age": "300"}),
        ("https://accounts.google.com", {"prompt": "select_account"}),
    ],
)
@pytest.mark.parametrize("process", ["redirect", "login"])
def test_the_provider_is_asked_to_ask_whatever_a_request_says(
    settings, monkeypatch, issuer, again, process
):
    settings.HUB_OIDC = replace(settings.HUB_OIDC, issuer=issuer)
    asked = []
    monkeypatch.setattr(OpenIDConnectProvider, "redirect", lambda *_, **told: asked.append(told))
    request = RequestFactory().post("/account/oidc/login")
    Provider(request, app=SocialApp()).redirect(request, process, auth_params={"prompt": "none"})
    expected = again if process == "redirect" else {"prompt": "none"}
    assert asked == [{"auth_params": expected}]


@pytest.mark.parametrize("gone", ["the provider", "the sign-on"])
def test_who_has_nothing_to_confirm_with_is_told_how_to_get_a_password(mina, settings, gone):
    if gone == "the provider":
        settings.HUB_OIDC = None
    else:
        SocialAccount.objects.all().delete()
    page = mina.get(DELETE, follow=True).content.decode()
    assert 'href="/account/reset"' in page
    assert "process=redirect" not in page


def test_the_page_is_for_who_is_logged_in(db):
    assert Person().get(CONFIRM).headers["Location"].startswith("/login?")
