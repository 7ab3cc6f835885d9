"""An address counts as somebody's when its mail, or staff, have shown it: nobody else's say-so."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail

from memory_hub.accounts import proofs, services
from memory_hub.accounts.models import Token, User
from memory_hub.core.identity import OPERATOR
from testing.clients.browsing import Person, carry_out, inside, link_in_mail, registered
from web.accounts import forms

MINA, LEAD = "mina@example.com", "lead@example.com"
NEW = "another long pass phrase"


@pytest.fixture
def mina(db, sending):
    """Whom somebody vouches for, logged in."""
    return inside(MINA, vouched_by=LEAD)


def proven():
    return User.objects.get(email=MINA).is_proven


def test_who_reads_the_mail_and_is_logged_in_proves_the_address(mina):
    assert LEAD in mina.text("/account")
    mina.send("/account/prove")
    path = link_in_mail(MINA)
    mina.text(path)
    assert not proven()  # scanners of mail look at links
    assert mina.send(path).status_code == 302
    assert proven()
    assert LEAD not in mina.text("/account")


def test_the_owner_of_the_address_proves_nothing_for_who_took_it(mina):
    """Somebody made an account for another's address and has a mail sent there."""
    mina.send("/account/prove")
    path = link_in_mail(MINA)
    owner, other = Person(), inside("jun@example.com")
    assert owner.get(path).headers["Location"].startswith("/login")
    owner.send(path)
    assert other.text(path, 404)
    assert other.send(path).status_code == 404
    assert not proven()


@pytest.mark.parametrize("change", [{"email": "other@example.com"}, {"pk": 999}])
def test_a_key_for_another_state_or_account_is_over(mina, change):
    key = proofs.key_of(mina.user, MINA)
    for name, value in change.items():
        setattr(mina.user, name, value)
    foreign = proofs.key_of(mina.user, MINA)
    for bad in (foreign, key[:-1], "x"):
        assert mina.send(f"/account/prove/{bad}").status_code == 404
    assert not proven()


def test_a_key_is_over_after_three_days(mina, monkeypatch):
    key = proofs.key_of(mina.user, MINA)
    monkeypatch.setattr(proofs, "SECONDS", -1)
    assert mina.send(f"/account/prove/{key}").status_code == 404


def test_the_owner_who_sets_a_password_by_mail_takes_the_account_over(mina):
    services.create_token(user_id=mina.user.pk, scopes=["memories:read"], by=OPERATOR)
    owner = Person(MINA)
    owner.send("/account/reset", email=MINA)
    form = owner.get(link_in_mail(MINA)).headers["Location"]
    owner.send(form, password1=NEW, password2=NEW)
    assert proven()
    assert mina.get("/account").status_code == 302
    assert Token.objects.get().revoked_at is not None
    assert owner.enter(NEW).status_code == 302


def test_who_resets_a_proven_account_keeps_their_tokens(db, sending):
    user = registered(MINA)
    services.create_token(user_id=user.pk, scopes=["memories:read"], by=OPERATOR)
    owner = Person(MINA)
    owner.send("/account/reset", email=MINA)
    form = owner.get(link_in_mail(MINA)).headers["Location"]
    owner.send(form, password1=NEW, password2=NEW)
    assert Token.objects.get().revoked_at is None


def test_of_two_who_use_a_link_at_once_one_sets_the_password(db, sending, monkeypatch):
    registered(MINA)
    first, second = Person(MINA), Person(MINA)
    first.send("/account/reset", email=MINA)
    link = link_in_mail(MINA)
    form, same = (person.get(link).headers["Location"] for person in (first, second))
    answers = []

    def hashed(password):
        # The link was found good, and the other one is quicker.
        if not answers:
            answers.append(None)
            answers.append(second.send(same, password1=NEW, password2=NEW))
        return make_password(password)

    monkeypatch.setattr(forms, "make_password", hashed)
    late = first.send(form, password1=f"{NEW} too", password2=f"{NEW} too")
    assert (late.status_code, answers[-1].status_code) == (200, 302)
    assert "used" in late.content.decode()
    assert Person(MINA).enter(f"{NEW} too").status_code == 200
    assert Person(MINA).enter(NEW).status_code == 302


def test_a_link_that_staff_hand_out_sets_a_password_and_proves_nothing(mina):
    root = inside("root@example.com", is_staff=True, is_superuser=True)
    page = f"/admin/accounts/user/{mina.user.pk}"
    assert root.get(f"{page}/reset_link/").status_code == 200
    shown = root.send(f"{page}/reset_link/")
    assert "no-store" in shown["Cache-Control"]
    path = re.search(r"http://testserver(/account/reset/[^<\s]+)", shown.content.decode())[1]
    somebody = Person(MINA)
    form = somebody.get(path).headers["Location"]
    assert somebody.send(form, password1=NEW, password2=NEW).status_code == 302
    assert somebody.enter(NEW).status_code == 302
    assert not proven()


def test_staff_say_that_an_address_is_somebodys(mina):
    root = inside("root@example.com", is_staff=True, is_superuser=True)
    root.send(f"/admin/accounts/user/{mina.user.pk}/prove_address/")
    assert proven()


@pytest.mark.parametrize("act", ["reset_link", "prove_address"])
def test_staff_do_neither_for_those_whom_they_may_not_change(db, act):
    from testing.clients.admin_site import staff_browser

    root = registered("root@example.com", is_staff=True, is_superuser=True)
    lesser = staff_browser("view_user", "change_user")
    assert lesser.send(f"/admin/accounts/user/{root.pk}/{act}/").status_code == 403
    assert lesser.get(f"/admin/accounts/user/{root.pk}/{act}/").status_code == 403


def test_without_mail_nothing_is_sent_and_staff_are_named(db):
    person = inside(MINA, vouched_by=LEAD)
    assert "administrators" in person.text("/account")
    person.send("/account/prove")
    carry_out()
    assert mail.outbox == []


def test_a_proven_account_asks_for_no_mail(db, sending):
    person = inside(MINA)
    person.send("/account/prove")
    carry_out()
    assert mail.outbox == []
