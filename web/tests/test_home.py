"""The root of the hub, for people and for programs; and in which language pages speak."""

import re
from urllib.parse import urljoin

import pytest

from memory_hub.accounts.models import User
from testing.clients.browsing import Person, carry_out, inside
from testing.telling import recording

MINA = "mina@example.com"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_people_who_are_logged_in_are_sent_to_their_memories(db):
    answer = inside(MINA).get("/", headers=BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/memories")
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(("language", "said"), [("en", "Log in"), ("ko", "로그인")])
def test_others_are_told_what_this_is_and_where_to_log_in(db, language, said):
    text = Person().text("/", headers=BROWSER | {"Accept-Language": language})
    assert said in text
    assert 'href="/login"' in text


def test_programs_are_told_where_the_api_is(nobody):
    answer = nobody.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/docs")
    assert answer.headers["Link"] == '</openapi.json>; rel="service-desc"'
    told = nobody.get("/", headers={"Accept": "application/json"}).json()
    assert told["openapi"] == "/openapi.json"
    assert nobody.get(told["openapi"]).status_code == 200


def test_a_language_that_was_chosen_stays_with_the_account(db):
    person = inside(MINA)
    with recording() as events:
        person.send("/account/language", language="ko", next="/account")
        person.send("/account/language", language="ko", next="/account")
    assert [event.kind.value for event in events] == ["updated"]
    another = Person(MINA, HTTP_ACCEPT_LANGUAGE="en")
    assert "로그인" not in another.text("/login")
    another.enter()
    assert '<html lang="ko">' in another.text("/account")
    assert another.get("/account").headers["Content-Language"] == "ko"


@pytest.mark.parametrize("code", ["", "xx", "en<script>", "ko" * 9])
def test_a_language_that_pages_do_not_speak_is_not_kept(db, code):
    person = inside(MINA)
    person.send("/account/language", language=code, next="/account")
    assert User.objects.get(email=MINA).language == ""


def test_without_an_account_the_browser_keeps_the_language(db):
    person = Person()
    person.send("/account/language", language="ko", next="/login")
    assert '<html lang="ko">' in person.text("/login", headers={"Accept-Language": "en"})


def test_a_mail_speaks_the_language_of_the_account_it_goes_to(db, sending):
    from django.core import mail

    person = inside(MINA)
    User.objects.filter(email=MINA).update(language="ko")
    Person().send("/account/reset", email=person.email)
    carry_out()
    assert "새 비밀번호" in mail.outbox[-1].subject


def test_the_manifest_leads_to_the_root_of_the_hub(db):
    person = inside(MINA)
    page = person.get("/memories")
    policy = page.headers["Content-Security-Policy"]
    assert "manifest-src 'self'" in policy
    assert "unsafe" not in policy
    path = re.search(r'rel="manifest" href="([^"]+)"', page.content.decode())[1]
    # Files last: with each of them the client gives the connection to the database back.
    answer = person.get(path)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert urljoin(path, told["start_url"]) == urljoin(path, told["scope"]) == "/"
    assert person.get(urljoin(path, told["icons"][0]["src"])).status_code == 200
