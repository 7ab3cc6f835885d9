"""Invitations: by whom, for whom, once, for seven days; and what a link proves."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.models import Invitation, Membership, User
from memory_hub.conf.signup import SignUp
from memory_hub.core.identity import OPERATOR
from memory_hub.jobs.declared import scheduled
from testing.clients.browsing import (
    PASSWORD,
    Person,
    carry_out,
    hashing,
    inside,
    link_in_mail,
    registered,
)

NEW, ROOT, LEAD = "new@example.com", "root@example.com", "lead@example.com"
INVITE = "/account/invitations"
LINK = re.compile(r"http://testserver(/invitation/[\w-]+)")


@pytest.fixture
def root(db):
    """One of the staff."""
    return inside(ROOT, is_staff=True, is_superuser=True)


@pytest.fixture
def lead(db, settings):
    """The admin of team alpha, where those may invite."""
    settings.HUB_INVITES = "team-admins"
    services.place_member(key="alpha", email=LEAD, role="admin", by=OPERATOR)
    return inside(LEAD)


def link(inviter, email=NEW, **fields):
    """The path of a link that is shown."""
    answer = inviter.send(INVITE, email=email, **fields)
    return LINK.search(answer.content.decode())[1]


def come(path, password=PASSWORD):
    """Somebody without an account opens the link and chooses a password."""
    person = Person(NEW)
    person.get(path)
    return person, person.send(path, password=password)


def test_a_link_that_is_shown_makes_an_account_once(root):
    path = link(root, "New@Example.com")
    assert path not in root.text(INVITE)
    for _ in range(2):
        assert NEW in Person().text(path)  # looking uses nothing up
    person, made = come(path)
    assert (made.status_code, made.headers["Location"]) == (302, "/login")
    assert person.enter().headers["Location"] == "/memories"
    user = User.objects.get(email=NEW)
    assert (user.is_staff, user.vouched_by) == (False, ROOT)
    assert come(path)[1].status_code == 404
    assert Invitation.objects.get().used


def test_a_link_that_is_mailed_proves_the_address_and_logs_in(root, sending):
    answer = root.send(INVITE, email=NEW)
    assert not LINK.search(answer.content.decode())
    person, made = come(link_in_mail(NEW))
    assert made.headers["Location"] == "/memories"
    assert NEW in person.text("/account")
    assert User.objects.get(email=NEW).is_proven
    assert ROOT in mail.outbox[0].body


def test_a_password_that_is_easy_to_guess_makes_no_account(root):
    path = link(root)
    assert come(path, "12345678")[1].status_code == 200
    assert come(path, NEW)[1].status_code == 200
    assert not User.objects.filter(email=NEW).exists()
    assert come(path)[1].status_code == 302


def test_a_link_ends_after_seven_days_or_when_it_is_withdrawn(root):
    path = link(root)
    made = Invitation.objects.get()
    assert made.expires_at - made.created_at == pytest.approx(
        timedelta(days=7), abs=timedelta(seconds=5)
    )
    Invitation.objects.update(expires_at=timezone.now())
    assert come(path)[1].status_code == 404
    path = link(root)
    assert NEW in root.text(INVITE)
    newest = Invitation.objects.first()
    assert root.send(f"{INVITE}/{newest.pk}/withdraw").status_code == 302
    assert come(path)[1].status_code == 404
    assert f"{INVITE}/{newest.pk}/withdraw" not in root.text(INVITE)
    assert not User.objects.filter(email=NEW).exists()


def test_the_table_holds_no_link(root):
    path = link(root)
    row = str(Invitation.objects.values().get())
    assert path.rpartition("/")[2] not in row


@pytest.mark.parametrize("fields", [{"is_staff": True}, {}])
def test_who_may_not_make_accounts_invites_nobody(db, fields):
    person = inside("jun@example.com", **fields)
    assert 'name="email"' not in person.text(INVITE)
    person.send(INVITE, email=NEW)
    assert not Invitation.objects.exists()


def test_an_admin_of_a_team_invites_to_it_where_that_is_wanted(lead, settings):
    services.place_member(key="beta", email="other@example.com", role="admin", by=OPERATOR)
    lead.send(INVITE, email=NEW)
    lead.send(INVITE, email=NEW, team_key="beta")
    assert not Invitation.objects.exists()
    path = link(lead, team_key="alpha", role="admin")
    come(path)
    place = Membership.objects.get(email=NEW)
    assert (place.team.key, place.role, place.accepted) == ("alpha", "admin", True)
    settings.HUB_INVITES = "staff"
    lead.send(INVITE, email="third@example.com", team_key="alpha")
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        # Which is no admin of the team.
        {"email": "elsewhere@example.com"},
    ],
)
def test_a_link_is_good_only_while_who_made_it_may_invite(lead, change):
    path = link(lead, team_key="alpha")
    User.objects.filter(email=LEAD).update(**change)
    assert come(path)[1].status_code == 404


def test_the_inviter_who_opens_the_link_changes_nothing(lead):
    path = link(lead, team_key="alpha")
    assert LEAD in lead.text(path)
    assert lead.send(path, password=PASSWORD).status_code == 403
    assert lead.send(path).status_code == 403
    assert not User.objects.filter(email=NEW).exists()
    assert come(path)[1].status_code == 302


def test_who_has_an_account_joins_the_team_and_gets_no_second_password(lead):
    registered(NEW)
    path = link(lead, team_key="alpha")
    person = Person(NEW)
    assert person.enter(next=path).headers["Location"] == path
    assert "alpha" in person.text(path)
    assert person.send(path).headers["Location"] == "/account"
    assert Membership.objects.get(email=NEW).accepted
    assert person.text(path, 404)


def test_a_shown_link_does_not_tell_whether_there_is_an_account(lead):
    registered(NEW, vouched_by="")
    taken, free = link(lead, team_key="alpha"), link(lead, "free@example.com", team_key="alpha")
    answers = []
    for path, address in ((taken, NEW), (free, "free@example.com")):
        person = Person()
        asked = person.text(path).replace(address, "…").replace(path, "…")
        sent = person.send(path, password="another long pass phrase", follow=True)
        text = sent.content.decode().replace(address, "…")
        told = [re.sub(r'value="\w{64}"', "", one) for one in (asked, text)]
        answers.append((told, sent.redirect_chain))
    assert answers[0] == answers[1]
    assert lead.text(INVITE).count("/withdraw") == 0
    assert User.objects.get(email=NEW).check_password(PASSWORD)
    assert not Membership.objects.filter(email=NEW, accepted=True).exists()


def test_nor_does_the_time_that_it_takes(lead):
    """Hashing the password is nearly all of it; no writer waits for that."""
    registered(NEW)
    for path in [link(lead, at, team_key="alpha") for at in (NEW, "free@example.com")]:
        stranger = Person()
        with hashing() as hashed:
            stranger.send(path, password="another long pass phrase")
        assert hashed == [False]


def test_the_owner_of_a_mailed_link_who_has_an_account_is_told_to_log_in(root, sending):
    registered(NEW)
    root.send(INVITE, email=NEW)
    path = link_in_mail(NEW)
    person, sent = come(path)
    assert sent.headers["Location"] == f"/login?next={path}"
    assert person.enter("wrong").status_code == 200
    assert person.enter(next=path).headers["Location"] == path


def test_no_invitation_goes_to_who_has_blocked_the_inviter(root, api, sending):
    jun = api("jun@example.com")
    jun.put(f"/accounts/blocks/{ROOT}")
    root.send(INVITE, email="jun@example.com")
    carry_out()
    assert mail.outbox == []


def test_a_closed_hub_has_no_invitations(root, settings):
    path = link(root)
    settings.HUB_SIGNUP = SignUp("closed")
    assert come(path)[1].status_code == 404
    assert 'name="email"' not in root.text(INVITE)
    assert Person().text("/signup", 404)


def test_one_person_has_at_most_a_hundred_open(root, monkeypatch):
    monkeypatch.setattr("memory_hub.accounts.services.invitations.MOST_OPEN", 1)
    link(root)
    answer = root.send(INVITE, email="second@example.com")
    assert "1 invitations of yours are open" in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_old_ones_are_forgotten(root):
    for number in range(3):
        link(root, f"n{number}@example.com")
    first, second, _ = Invitation.objects.order_by("pk")
    long_ago = timezone.now() - timedelta(days=31)
    Invitation.objects.filter(pk=first.pk).update(expires_at=long_ago)
    Invitation.objects.filter(pk=second.pk).update(ended_at=long_ago)
    assert scheduled()["forget_invitations"].run() == 2


@pytest.fixture
def domain(settings, sending, db):
    """A hub where everybody of example.com may have an account."""
    settings.HUB_SIGNUP = SignUp("domain", frozenset({"example.com"}))


def test_who_has_an_address_of_the_domain_makes_an_account(domain):
    person = Person(NEW)
    assert "/signup" in person.text("/login")
    assert person.send("/signup", email="NEW@example.com").status_code == 200
    path = link_in_mail(NEW)
    assert come(path)[1].headers["Location"] == "/memories"
    assert User.objects.get(email=NEW).is_proven
    answer = person.send("/signup", email="new@example.org")
    assert "example.com" in answer.content.decode()


def test_asking_for_an_account_tells_nobody_whether_there_is_one(domain, django_assert_num_queries):
    registered("jun@example.com")
    answers = []
    for address in ("jun@example.com", NEW):
        with django_assert_num_queries(1):
            answer = Person().send("/signup", email=address)
        text = answer.content.decode().replace(address, "…")
        answers.append(re.sub(r'value="\w{64}"', "", text))
    assert answers[0] == answers[1]
    carry_out()
    told = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "/invitation/" in told[NEW]
    assert "/invitation/" not in told["jun@example.com"]
    assert "/login" in told["jun@example.com"]


def test_a_link_that_one_asked_for_is_good_while_the_hub_admits_the_address(domain, settings):
    Person().send("/signup", email=NEW)
    path = link_in_mail(NEW)
    settings.HUB_SIGNUP = SignUp("invited")
    assert come(path)[1].status_code == 404


def test_nobody_floods_an_address_with_mail(domain):
    for _ in range(9):
        Person().send("/signup", email=NEW)
    carry_out()
    assert len(mail.outbox) == 5


def test_by_default_nobody_asks_for_an_account(db, sending):
    person = Person(NEW)
    assert "/signup" not in person.text("/login")
    assert person.send("/signup", email=NEW).status_code == 404
    carry_out()
    assert mail.outbox == []
