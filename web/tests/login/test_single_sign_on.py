"""Signing on at a real OpenID provider: who gets into which account, and who into none."""

import html
import re
from types import SimpleNamespace

import httpx
import pytest
from allauth.core.context import request_context
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers import registry
from allauth.socialaccount.signals import social_account_removed
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory, TestCase

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, User
from memory_hub.accounts.services.groups import follow
from memory_hub.accounts.services.second_factors import remove_all
from memory_hub.conf.single_sign_on import GroupRole, SingleSignOn
from memory_hub.core.identity import OPERATOR, Actor
from testing.clients.browsing import inside, registered
from testing.servers.openid_provider import OpenIdProvider, install, sign_on
from testing.telling import recording
from web.single_sign_on.provider import Provider

MINA, JUN, SORA = "mina@example.com", "jun@example.com", "sora@example.com"
PASSWORD = "correct horse battery staple"
USERS = [
    {"sub": "m1", "email": "Mina@Example.com", "email_verified": True, "groups": ["devs"]},
    {"sub": "j1", "email": JUN, "email_verified": False},
    {"sub": "s1", "email": SORA, "email_verified": True, "is_staff": True, "groups": ["leads"]},
]
MAKE = (
    "from memory_hub.accounts.models import User; "
    f"[User.objects.create_user(one, '{PASSWORD}') for one in {[MINA, JUN]}]; "
    "User.objects.create_user('alone@example.com'); "
    "User.objects.create_user('vouched@example.com', 'x', vouched_by='lead@example.com')"
)


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    program = install(tmp_path_factory.mktemp("provider") / "venv")
    verified = {"v1": "vouched@example.com", "a1": "alone@example.com"}
    users = [
        *USERS,
        {"sub": "b1"},
        *({"sub": sub, "email": at, "email_verified": True} for sub, at in verified.items()),
    ]
    with OpenIdProvider(program, *users) as started:
        yield started


def hub_with(nursery, directory, provider, **variables):
    return nursery.hub(
        directory,
        workers=1,
        OIDC_ISSUER=provider.url,
        OIDC_CLIENT_ID="hub",
        OIDC_CLIENT_SECRET="a secret",
        OIDC_NAME="Example ID",
        **variables,
    )


@pytest.fixture(scope="module")
def trusting(nursery, tmp_path_factory, provider):
    """A hub that trusts the provider with addresses, and maps groups."""
    groups = "devs=alpha,leads=alpha:admin"
    more = {"OIDC_TRUST_EMAIL": "1", "OIDC_GROUPS": groups, "HUB_LOGIN_LIMIT": "off"}
    with hub_with(nursery, tmp_path_factory.mktemp("hub"), provider, **more) as hub:
        hub.manage("shell", "-c", MAKE)
        yield hub


@pytest.fixture(scope="module")
def plain(nursery, tmp_path_factory, provider):
    with hub_with(nursery, tmp_path_factory.mktemp("hub"), provider, HUB_LOGIN_LIMIT="off") as hub:
        hub.manage("shell", "-c", MAKE)
        yield hub


class Visitor(httpx.Client):
    def __init__(self, hub) -> None:
        super().__init__(base_url=hub.url, timeout=60)
        self.get("/login")

    def fill(self, path, **fields):
        form = {"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields}
        return self.post(path, data=form, headers={"Referer": str(self.base_url)})

    def sign_on(self, sub, process="login", following="/account"):
        begun = self.fill(f"/account/oidc/login?process={process}&next={following}")
        assert ("prompt=login&amp;max_age=300" in begun.text) is (process == "redirect")
        to = re.search(r'content="0; url=([^"]+)"', begun.text)[1]
        return sign_on(self, html.unescape(to), sub)


def who(visitor):
    """Whose account the session is of; None where it is nobody's."""
    page = visitor.get("/account")
    return re.search(r"<main.*?<p>([^<]+)</p>", page.text, re.S)[1] if page.is_success else None


@pytest.fixture
def visit():
    """``visit(hub)``: a browser at the hub."""
    opened = []

    def enter(hub):
        opened.append(Visitor(hub))
        return opened[-1]

    yield enter
    for one in opened:
        one.close()


@pytest.mark.drill
class TestAtARealProvider:
    def test_an_address_that_the_provider_is_trusted_with_signs_on(self, trusting, visit):
        visitor = visit(trusting)
        assert visitor.sign_on("m1").url.path == "/account"
        assert who(visitor) == MINA
        (team,) = visitor.get("/accounts/me").json()["teams"]
        assert team == {"team_key": "alpha", "role": "member", "accepted": True}

    def test_one_that_is_not_verified_opens_no_account(self, trusting, visit):
        visitor = visit(trusting)
        answer = visitor.sign_on("j1")
        assert answer.status_code == 403
        assert who(visitor) is None

    def test_a_stranger_is_told_the_same_as_who_has_an_account(self, trusting, visit):
        answers = [visit(trusting).sign_on(sub) for sub in ("s1", "j1", "unknown")]
        texts = {re.sub(r'value="\w{64}"', "", one.text.partition("<main")[2]) for one in answers}
        texts = {re.sub(r'name="next" value="[^"]*"', "", text) for text in texts}
        assert len(texts) == 1
        assert {one.status_code for one in answers} == {403}

    def test_without_trust_one_connects_from_within_ones_session(self, plain, visit):
        visitor = visit(plain)
        assert visitor.sign_on("j1").status_code == 403
        visitor.fill("/login", login=JUN, password=PASSWORD)
        visitor.fill("/account/confirm", password=PASSWORD)
        assert visitor.sign_on("j1", process="connect").is_success
        again = visit(plain)
        again.sign_on("j1")
        assert who(again) == JUN
        # The address of somebody else's sign-on changes nothing: issuer and subject count.
        assert visit(plain).sign_on("m1").status_code == 403

    def test_the_owner_of_an_unproven_address_takes_the_account_over(self, trusting, visit):
        before = visit(trusting)
        before.fill("/login", login="vouched@example.com", password="x")
        assert who(before) == "vouched@example.com"
        owner = visit(trusting)
        owner.sign_on("v1")
        assert who(owner) == "vouched@example.com"
        assert who(before) is None
        before.fill("/login", login="vouched@example.com", password="x")
        assert who(before) is None

    def test_who_has_no_password_signs_on_again_before_deleting_the_account(self, trusting, visit):
        visitor = visit(trusting)
        visitor.sign_on("a1")
        asked = visitor.get("/account/delete", follow_redirects=True)
        assert (asked.status_code, asked.url.path) == (200, "/account/confirm/sign-on")
        waiting = visitor.sign_on("b1", process="connect", following="/account")
        assert waiting.url.path == "/account/confirm/sign-on"
        other = visitor.sign_on("m1", process="redirect", following="/account/delete")
        assert other.status_code == 403
        # What has waited for it goes on first.
        visitor.sign_on("a1", process="redirect", following="/account/delete")
        again = visit(trusting)
        again.sign_on("b1")
        assert who(again) == "alone@example.com"
        page = visitor.sign_on("a1", process="redirect", following="/account/delete")
        assert (page.status_code, page.url.path) == (200, "/account/delete")
        gone = visitor.fill("/account/delete", email="alone@example.com")
        assert "deleted" in gone.text
        assert who(visitor) is None

    def test_nobody_is_sent_on_to_another_host_afterwards(self, trusting, visit):
        visitor = visit(trusting)
        answer = visitor.sign_on("m1", following="https://evil.example/")
        assert answer.url.host == "127.0.0.1"

    def test_an_answer_that_was_not_asked_for_is_refused(self, trusting, visit):
        visitor = visit(trusting)
        visitor.get("/account/oidc/callback", params={"code": "a", "state": "b"})
        assert who(visitor) is None

    def test_the_answer_of_anothers_session_is_refused(self, trusting, visit):
        """Log-in CSRF: the address with which the attacker comes back is opened by the victim."""
        attacker, victim = visit(trusting), visit(trusting)
        begun = attacker.fill("/account/oidc/login?process=login")
        to = html.unescape(re.search(r'content="0; url=([^"]+)"', begun.text)[1])
        back = httpx.post(to, data={"sub": "m1"}).headers["Location"]
        victim.get(back, follow_redirects=True)
        assert who(victim) is None


def test_without_a_provider_there_is_no_such_page(client, db):
    assert "oidc" not in client.get("/login").content.decode()
    for path in ("login", "callback"):
        assert client.get(f"/account/oidc/{path}").status_code == 404


def test_a_session_alone_connects_nobody_and_groups_are_of_who_signs_on(db, settings):
    """A sign-on that whoever finds a session open connects would outlast the password; one that is
    another's would bring its places along."""
    settings.HUB_OIDC = single_sign_on_of(GroupRole("devs", "alpha", "member"))
    mina, jun = inside(MINA), registered(JUN)
    SocialAccount.objects.create(user=jun, provider="oidc", uid="j1")
    for uid in ("j1", "m1"):
        answer = come_back(mina, uid)
        assert answer.headers["Location"].startswith("/account/confirm")
    assert SocialAccount.objects.get().user == jun
    assert not Membership.objects.exists()


def come_back(person, uid):
    """From the provider, as whom it knows by this, to connect the sign-on with one's account."""
    request = RequestFactory().get("/account/oidc/callback")
    request.user, request.session = person.user, person.session
    request._messages = FallbackStorage(request)
    said = {"userinfo": {"sub": uid, "groups": ["devs"]}}
    account = SocialAccount(provider="oidc", uid=uid, extra_data=said)
    asked = SimpleNamespace(serialize=dict, name="Example ID")
    coming = SocialLogin(user=User(), account=account, provider=asked)
    coming.state = {"process": "connect"}
    with request_context(request):
        return complete_login(request, coming)


def test_a_sign_on_that_is_connected_and_removed_is_told(db, settings, monkeypatch):
    """Whoever comes by it needs no password: the account's owner is to see when that began."""
    settings.HUB_OIDC = single_sign_on_of()
    settings.SOCIALACCOUNT_PROVIDERS = settings.HUB_OIDC.providers
    monkeypatch.setitem(registry.provider_map, Provider.id, Provider)
    mina = inside(MINA)
    mina.send("/account/confirm", password=PASSWORD)
    with recording() as events:
        with TestCase.captureOnCommitCallbacks(execute=True):
            come_back(mina, "m1")
        mina.send("/account/oidc", account=SocialAccount.objects.get(user=mina.user).pk)
    assert not SocialAccount.objects.exists()
    assert [one.kind.value for one in events] == ["factors", "factors"]
    assert {(one.actor, one.origin.via) for one in events} == {(Actor(mina.user.pk), "web")}


def single_sign_on_of(*places):
    names = ("https://id.example.com", "hub", "a secret", "Example ID")
    return SingleSignOn(*names, trusts_email=True, groups_claim="groups", places=places)


def test_places_follow_groups_and_those_that_people_gave_stay(db):
    user = registered(MINA)
    places = [GroupRole("devs", "alpha", "member"), GroupRole("leads", "alpha", "admin")]
    places.append(GroupRole("ops", "beta", "member"))
    services.place_member(key="beta", email=MINA, role="admin", by=OPERATOR)

    def held():
        return dict(Membership.objects.values_list("team__key", "role"))

    for groups, expected in (
        ({"devs", "ops", "other"}, {"alpha": "member", "beta": "admin"}),
        ({"devs", "leads"}, {"alpha": "admin", "beta": "admin"}),
        (set(), {"beta": "admin"}),
    ):
        follow(user, frozenset(groups), places, by=OPERATOR)
        assert held() == expected


@pytest.mark.parametrize("by_staff", [True, False])
def test_places_by_groups_end_with_the_sign_on(db, by_staff):
    """Else whoever leaves the group would stay in its teams, by a password of theirs."""
    user = registered(MINA)
    services.place_member(key="beta", email=MINA, role="member", by=OPERATOR)
    follow(user, frozenset({"devs"}), [GroupRole("devs", "alpha", "member")], by=OPERATOR)
    account = SocialAccount.objects.create(user=user, provider="oidc", uid="m1")
    if by_staff:
        remove_all(user, by=OPERATOR)
    else:
        request = RequestFactory().post("/account/oidc")
        request.user = user
        social_account_removed.send(SocialAccount, request=request, socialaccount=account)
    assert [place.team.key for place in Membership.objects.all()] == ["beta"]
