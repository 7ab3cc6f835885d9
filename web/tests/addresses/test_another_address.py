"""Another address for one's account: asked with the password, proven by mail, and nobody else's."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from memory_hub.accounts import proofs
from memory_hub.accounts.models import AddressChange, Token, User
from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services import readdressing
from memory_hub.conf.signup import SignUp
from memory_hub.core.errors import Conflict
from testing.clients.browsing import Person, carry_out, inside, registered
from web.tests.addresses.changing import JUN, MINA, NEW, PAGE, asked, change, confirmed

SECRET = re.compile(r'value="\w{64}"')


def address_of(person):
    return User.objects.get(pk=person.user.pk).email


def test_the_password_is_asked_first(db, sending):
    person = inside(MINA)
    assert person.get(PAGE).headers["Location"].startswith("/account/confirm")
    person.send(PAGE, email=NEW)
    carry_out()
    assert mail.outbox == []


def test_who_reads_the_mail_there_has_the_new_address_and_the_former_one_is_told(mina):
    elsewhere = Person(MINA)
    elsewhere.enter()
    path = asked(mina, "New@Example.com")
    assert NEW in mina.text(path)
    assert address_of(mina) == MINA  # scanners of mail look at links
    assert mina.send(path).status_code == 302
    carry_out()
    assert mail.outbox[-1].to == [MINA]
    assert NEW in mail.outbox[-1].body
    assert NEW in mina.text("/account")
    assert elsewhere.get("/account").status_code == 302
    assert Person(MINA).enter().status_code == 200
    assert Person(NEW).enter().status_code == 302


def test_a_link_counts_once_within_a_day_and_only_the_latest(mina, monkeypatch):
    first = asked(mina)
    second = asked(mina, "second@example.com")
    assert mina.send(first).status_code == 404
    monkeypatch.setattr(proofs, "CHANGE_SECONDS", -1)
    assert mina.send(second).status_code == 404
    monkeypatch.undo()
    AddressChange.objects.update(asked_at=timezone.now() - timedelta(days=1, minutes=1))
    assert mina.send(second).status_code == 404
    assert address_of(mina) == MINA
    second = asked(mina, "second@example.com")
    assert mina.send(second).status_code == 302
    assert mina.send(second).status_code == 404
    assert address_of(mina) == "second@example.com"


def test_a_link_counts_in_nobody_elses_session(mina):
    path = asked(mina)
    nobody, jun = Person(), inside(JUN)
    assert nobody.get(path).headers["Location"].startswith("/login")
    nobody.send(path)
    assert jun.text(path, 404)
    assert jun.send(path).status_code == 404
    assert (address_of(mina), address_of(jun)) == (MINA, JUN)


def test_a_key_of_another_kind_or_a_forged_one_is_over(mina):
    path = asked(mina)
    for bad in (proofs.key_of(mina.user, NEW), path.rpartition("/")[2][:-1], "x"):
        assert mina.send(f"{PAGE}/{bad}").status_code == 404
    assert mina.send(path.replace(PAGE, "/account/prove")).status_code == 404
    assert address_of(mina) == MINA


def test_nothing_tells_whether_an_address_has_an_account(mina):
    registered(JUN)
    free, taken = (mina.send(PAGE, email=one).content.decode() for one in (NEW, JUN))
    assert SECRET.sub("", free).replace(NEW, JUN) == SECRET.sub("", taken)
    carry_out()
    assert [letter.to for letter in mail.outbox] == [[NEW], [JUN]]
    assert PAGE not in mail.outbox[-1].body


def test_an_address_that_got_an_account_since_is_not_to_be_had(mina):
    path = asked(mina)
    registered(NEW)
    assert mina.send(path).status_code == 404
    assert address_of(mina) == MINA


@pytest.mark.parametrize("address", [MINA, "MINA@example.com ", "no address", ""])
def test_the_own_address_and_what_is_none_are_refused(mina, address):
    assert "errorlist" in mina.send(PAGE, email=address).content.decode()
    assert not AddressChange.objects.exists()


def test_a_domain_has_one_spelling(mina):
    change(mina, "mina@xn--bcher-kva.example")
    answer = mina.send(PAGE, email="Mina@Bücher.example")
    assert "errorlist" in answer.content.decode()


def test_a_hub_for_some_domains_has_addresses_of_those(mina, settings):
    settings.HUB_SIGNUP = SignUp("domain", frozenset({"example.com"}))
    assert "errorlist" in mina.send(PAGE, email="mina@other.example").content.decode()
    change(mina)


def test_a_hub_without_mail_names_its_staff(db):
    person = confirmed(inside(MINA))
    assert "administrators" in person.text(PAGE)
    person.send(PAGE, email=NEW)
    assert not AddressChange.objects.exists()


def test_tokens_go_on_and_see_the_new_address(mina, api):
    client = api(MINA)
    assert client.get("/accounts/me").json()["email"] == MINA
    change(mina)
    assert client.get("/accounts/me").json()["email"] == NEW
    assert not Token.objects.exclude(revoked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_that_take_an_address_at_once_one_has_it():
    users = [registered(MINA), registered(JUN)]
    keys = [proofs.read_change(proofs.change_key_of(user, NEW)) for user in users]
    people = [principal_of(user, "session") for user in users]
    for by in people:
        readdressing.ask(NEW, by=by)
    # Each twice: a link counts once also for who presses two buttons at once.
    begin = Barrier(4)

    def take(number):
        begin.wait()
        try:
            readdressing.take(keys[number % 2], by=people[number % 2], session="")
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take, range(4)))
    assert sum(taken) == 1
    assert User.objects.filter(email=NEW).count() == 1
    assert User.objects.filter(email__in=(MINA, JUN)).count() == 1
