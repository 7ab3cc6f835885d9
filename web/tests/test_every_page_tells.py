"""What people change at the pages is told, by whom and through which door."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from memory_hub.accounts import services
from memory_hub.accounts.models import Invitation, Membership, User
from memory_hub.accounts.principal import principal_of
from memory_hub.core.identity import OPERATOR, Actor
from testing.clients.browsing import PASSWORD, Person, carry_out, inside, link_in_mail
from testing.telling import recording

NEW = "new@example.com"
WORDS = "another long pass phrase"


@pytest.fixture
def lead(db, settings, sending):
    settings.HUB_INVITES = "team-admins"
    services.place_member(key="alpha", email="lead@example.com", role="admin", by=OPERATOR)
    return inside("lead@example.com")


def told(events, by=None):
    """The events as words; they are of this user, or of nobody, through the door of the pages."""
    for event in events:
        assert event.actor == Actor(by)
        assert (event.origin.via, event.origin.address) == ("web", "127.0.0.1")
    return sorted(
        f"{type(event).__name__.removesuffix('Changed').lower()} {event.kind.value}"
        for event in events
    )


def test_a_password_that_is_changed(lead):
    with recording() as events:
        lead.send("/account/password", oldpassword=PASSWORD, password1=WORDS, password2=WORDS)
    assert told(events, lead.user.pk) == ["account password"]


def test_a_password_that_is_set_by_mail(lead):
    lead.send("/account/reset", email=lead.email)
    owner = Person()
    form = owner.get(link_in_mail(lead.email)).headers["Location"]
    with recording() as events:
        owner.send(form, password1=WORDS, password2=WORDS)
    assert told(events, lead.user.pk) == ["account password"]


def test_an_invitation_that_is_made_withdrawn_and_used(lead):
    with recording() as events:
        lead.send("/account/invitations", email=NEW, team_key="alpha", role="member")
    assert told(events, lead.user.pk) == ["invitation made"]
    with recording() as events:
        lead.send(f"/account/invitations/{Invitation.objects.get().pk}/withdraw")
    assert told(events, lead.user.pk) == ["invitation withdrawn"]
    carry_out()
    lead.send("/account/invitations", email=NEW, team_key="alpha", role="member")
    path = link_in_mail(NEW)
    with recording() as events:
        Person().send(path, password=PASSWORD)
    assert told(events) == ["account created", "invitation used", "membership joined"]


def test_one_other_session_that_is_ended(lead):
    Person(lead.email).enter()
    mine = UserSession.objects.get(session_key=lead.session.session_key)
    [other] = UserSession.objects.exclude(pk=mine.pk)
    with recording() as events:
        lead.send("/account/sessions", session=str(mine.pk))
        lead.send("/account/sessions", session=str(other.pk))
    assert told(events, lead.user.pk) == ["account session_ended"]
    assert UserSession.objects.get() == mine


def test_a_passkey_that_is_renamed(lead):
    data = {"name": "Phone", "credential": {}}
    key = Authenticator.objects.create(user=lead.user, type="webauthn", data=data)
    lead.send("/account/confirm", password=PASSWORD)
    with recording() as events:
        lead.send(f"/account/security/keys/{key.pk}/name", name="Old phone")
    assert told(events, lead.user.pk) == ["account factors"]
    key.refresh_from_db()
    assert key.data["name"] == "Old phone"


def test_all_other_sessions_that_are_ended(lead):
    with recording() as events:
        lead.send("/account/sessions", session="others")
    assert told(events, lead.user.pk) == ["account signed_out"]


def test_an_address_that_is_proven(lead):
    mina = inside("mina@example.com", vouched_by="lead@example.com")
    mina.send("/account/prove")
    path = link_in_mail("mina@example.com")
    with recording() as events:
        mina.send(path)
    assert told(events, mina.user.pk) == ["account proven"]


def test_another_address(lead):
    lead.send("/account/confirm", password=PASSWORD, next="/account/email")
    with recording() as events:
        lead.send("/account/email", email=NEW)
    assert told(events) == []
    path = link_in_mail(NEW)
    with recording() as events:
        lead.send(path)
    assert told(events, lead.user.pk) == ["account address", "membership joined", "membership left"]


@pytest.mark.parametrize("vouched_by", ["", "lead@example.com"])
def test_who_is_in_the_team_already_and_comes_by_a_link_that_was_shown(lead, settings, vouched_by):
    """Somebody's place that another gave counts, while their address is not proven, from then on
    as one that their inviter gave; else it stays as it is."""
    mina = inside("mina@example.com", vouched_by=vouched_by)
    services.place_member(key="alpha", email=mina.email, role="member", by=OPERATOR)
    settings.HUB_SENDS_MAIL = False
    asked = {"email": mina.email, "team_key": "alpha", "role": "admin"}
    page = lead.send("/account/invitations", **asked).content.decode()
    path = re.search(r"http://testserver(/invitation/[\w-]+)", page)[1]
    with recording() as events:
        mina.send(path)
    changed = ["invitation used"] + ["membership accepted"] * bool(vouched_by)
    assert told(events, mina.user.pk) == changed
    place = Membership.objects.get(email=mina.email)
    assert (place.role, place.invited_by) == ("member", vouched_by)
    [team] = principal_of(User.objects.get(pk=mina.user.pk), "session").teams
    assert team.team_key == "alpha"
