"""Another address for one's account: asked with the password, proven by mail, and nobody else's."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from memory_hub.accounts import proofs, readdressing, services
from memory_hub.accounts.models import AddressChange, Block, Membership, Token, User
from memory_hub.accounts.principal import principal_of
from memory_hub.conf.signup import SignUp
from memory_hub.core.errors import Conflict
from memory_hub.core.identity import OPERATOR
from superthread.models import Grant, Memory, Transfer
from testing.browsing import PASSWORD, Person, carry_out, inside, link_in_mail, registered

PAGE = "/account/email"
SECRET = re.compile(r'value="\w{64}"')
MINA, NEW, JUN, LEAD = (f"{name}@example.com" for name in ("mina", "new", "jun", "lead"))


def confirmed(person):
    """The same person, who has just given the password."""
    person.send("/account/confirm", password=PASSWORD, next=PAGE)
    return person


@pytest.fixture
def mina(db, sending):
    return confirmed(inside(MINA))


def asked(person, address=NEW):
    """The path of the link that is mailed to the address."""
    assert person.send(PAGE, email=address).status_code == 200
    return link_in_mail(address.lower())


def change(person, address=NEW):
    """Asks, opens the link, and presses the button."""
    path = asked(person, address)
    assert person.send(path).status_code == 302
    person.user.refresh_from_db()


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


@pytest.fixture
def shared(mina, api):
    """Memories of Jun's: one that Mina accepted, one that waits for her and one for the new
    address, one that is to be hers."""
    jun, client = api(JUN), api(MINA)
    ids = {}
    for name, address in (("accepted", MINA), ("waiting", MINA), ("new", NEW), ("owned", None)):
        ids[name] = jun.save(name)["doc_id"]
        if address:
            url = f"/superthread/permissions/{ids[name]}"
            assert jun.post(url, json={"permissions": {address: "editor"}}).status_code == 200
    url = f"/superthread/shares/{ids['accepted']}"
    assert client.post(url, json={"accept": True}).status_code == 204
    url = f"/superthread/memories/{ids['owned']}/transfer"
    assert jun.post(url, json={"to": MINA}).status_code == 200
    return jun, client, ids


def held():
    """The grants there are: address, the memory's name, the role, whether accepted."""
    rows = Grant.objects.values_list("email", "memory__title", "role", "accepted")
    return set(rows)


def test_what_was_accepted_moves_and_what_waits_stays_where_it_waits(mina, shared):
    jun, client, ids = shared
    url = f"/superthread/memories/{ids['accepted']}"
    assert client.get(url).status_code == jun.get(url).status_code == 200
    assert client.get(f"/superthread/memories/{ids['new']}").status_code == 404
    change(mina)
    assert client.get(url).json()["role"] == "editor"
    assert client.get(f"/superthread/memories/{ids['waiting']}").status_code == 404
    # Offered, and in no list until it is accepted.
    assert client.get(f"/superthread/memories/{ids['new']}").status_code == 200
    listed = client.get("/superthread/memories?scope=all").json()["memories"]
    assert {one["doc_id"] for one in listed} == {ids["accepted"]}
    told = jun.get(f"/superthread/permissions/{ids['accepted']}").json()["permissions"]
    assert told == {NEW: "editor"}
    (offer,) = client.get("/superthread/transfers").json()["transfers"]
    assert offer["doc_id"] == ids["owned"]


def test_an_account_that_was_not_proven_takes_along_what_its_inviter_gave_alone(mina, shared):
    _, client, ids = shared
    User.objects.filter(pk=mina.user.pk).update(vouched_by=LEAD)
    registered(LEAD)
    given = Memory.objects.get(doc_id=ids["waiting"])
    Grant.objects.filter(memory=given).update(offered_by=LEAD, accepted=True)
    for key, inviter in (("alpha", LEAD), ("beta", "")):
        services.place_member(key=key, email=MINA, role="member", by=OPERATOR)
        Membership.objects.filter(team__key=key).update(invited_by=inviter)
    change(mina)
    assert mina.user.is_proven
    grants = Grant.objects.filter(email=NEW, accepted=True)
    assert set(grants.values_list("memory", flat=True)) == {given.pk}
    assert Grant.objects.filter(email=MINA, memory__doc_id=ids["accepted"]).exists()
    assert Transfer.objects.get().email == MINA
    places = Membership.objects.values_list("email", "team__key")
    assert set(places) == {(NEW, "alpha"), (MINA, "beta")}
    # What waited for the new address is an offer, for that one is proven.
    assert client.get(f"/superthread/memories/{ids['new']}").status_code == 200
    # Whoever had the former address by a link alone is told nothing there.
    carry_out()
    assert [MINA] not in [letter.to for letter in mail.outbox]


@pytest.mark.parametrize(("mine", "there"), [(1, 3), (3, 1), (2, 2)])
def test_two_grants_on_a_memory_become_the_higher_one(mina, shared, mine, there):
    _, client, ids = shared
    memory = Memory.objects.get(doc_id=ids["accepted"])
    Grant.objects.filter(memory=memory).update(role=mine)
    Grant.objects.create(memory=memory, email=NEW, role=there, offered_by=JUN)
    change(mina)
    found = Grant.objects.get(memory=memory)
    assert (found.email, found.role, found.accepted) == (NEW, max(mine, there), True)
    word = ("viewer", "editor", "admin")[max(mine, there) - 1]
    assert client.get(f"/superthread/memories/{ids['accepted']}").json()["role"] == word


@pytest.mark.parametrize(("mine", "there"), [("member", "admin"), ("admin", "member")])
def test_two_places_in_a_team_become_the_higher_one(mina, mine, there):
    services.place_member(key="alpha", email=MINA, role=mine, by=OPERATOR)
    services.place_member(key="alpha", email=NEW, role=there, by=OPERATOR)
    change(mina)
    assert list(Membership.objects.values_list("email", "role")) == [(NEW, "admin")]


def test_nobody_has_a_grant_on_or_an_offer_of_what_they_own(mina, api):
    client = api(MINA)
    saved = client.save("Mina's own.")
    client.post(f"/superthread/permissions/{saved['doc_id']}", json={"permissions": {NEW: "admin"}})
    client.post(f"/superthread/memories/{saved['doc_id']}/transfer", json={"to": NEW})
    change(mina)
    assert not Grant.objects.exists()
    assert not Transfer.objects.exists()
    assert client.get(f"/superthread/memories/{saved['doc_id']}").json()["role"] == "owner"


def test_who_blocked_the_person_has_blocked_them_still_and_offers_name_the_new_address(mina, api):
    client, jun = api(MINA), api(JUN)
    jun.put(f"/accounts/blocks/{MINA}")
    client.put(f"/accounts/blocks/{NEW}")
    saved = client.save("For Lead.")
    client.post(
        f"/superthread/permissions/{saved['doc_id']}", json={"permissions": {LEAD: "viewer"}}
    )
    invited = registered("invited@example.com", vouched_by=MINA)
    change(mina)
    assert list(Block.objects.values_list("user__email", "email")) == [(JUN, NEW)]
    assert Grant.objects.get().offered_by == NEW
    invited.refresh_from_db()
    assert invited.vouched_by == NEW


def test_what_an_owner_has_in_a_team_stays_theirs(mina, api):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    client = api(MINA)
    saved = client.save("Of the team.", scope="team", team_key="alpha")
    change(mina)
    found = client.get(f"/superthread/memories/{saved['doc_id']}").json()
    assert (found["role"], found["owner"]) == ("owner", NEW)


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
