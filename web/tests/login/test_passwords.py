"""A password is changed by who knows it, and set anew by who reads the mail."""

import re
from datetime import timedelta

from django.core import mail
from django.test import Client
from django.utils import timezone

from memory_hub.jobs.models import QueuedTask
from testing.clients.admin_site import PASSWORD
from testing.clients.browsing import carry_out, hashing
from web.accounts.mail import MOST_IN_AN_HOUR, SENT, send_reset_link
from web.tests.login.forms import MINA, NEW, log_in, send


def test_a_password_is_changed_by_who_knows_it_and_other_sessions_end(browser, mina):
    other = Client()
    other.force_login(mina)
    log_in(browser)
    form = {"password1": NEW, "password2": NEW}
    wrong = send(browser, "/account/password", oldpassword="wrong", **form)
    assert wrong.status_code == 200
    assert other.get("/account").status_code == 200
    assert send(browser, "/account/password", oldpassword=PASSWORD, **form).status_code == 302
    mina.refresh_from_db()
    assert mina.check_password(NEW)
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_who_finds_a_session_open_guesses_the_password_no_more_often(browser, mina, settings):
    settings.AXES_FAILURE_LIMIT = 3
    log_in(browser)
    form = {"password1": NEW, "password2": NEW}
    tries = [send(browser, "/account/password", oldpassword="wrong", **form) for _ in range(3)]
    assert [one.status_code for one in tries] == [200, 200, 429]
    assert send(browser, "/account/password", oldpassword=PASSWORD, **form).status_code == 429
    mina.refresh_from_db()
    assert mina.check_password(PASSWORD)


def test_a_forgotten_password_is_set_anew_with_a_link_of_a_mail_once(browser, mina, sending):
    other = Client()
    other.force_login(mina)
    assert send(browser, "/account/reset", email="MINA@example.com").status_code == 302
    carry_out()
    (letter,) = mail.outbox
    assert letter.to == [MINA]
    path = re.search(r"https://hub\.example\.com(/account/reset/\S+)", letter.body)[1]
    form = browser.get(path).headers["Location"]
    with hashing() as hashed:
        assert send(browser, form, password1=NEW, password2=NEW).status_code == 302
    # No writer waits for it.
    assert hashed == [False]
    mina.refresh_from_db()
    assert mina.check_password(NEW)
    assert other.get("/account").status_code == 302
    # It is used up, and there is no form behind it.
    again = Client().get(path, follow=True)
    assert "password1" not in again.content.decode()


def test_a_reset_does_the_same_for_an_address_without_an_account(
    browser, sending, django_assert_num_queries
):
    for address in (MINA, "nobody@example.com"):
        with django_assert_num_queries(1):
            asked = send(browser, "/account/reset", email=address)
        assert asked.headers["Location"] == "/account/reset/sent"
    carry_out()
    assert [letter.to for letter in mail.outbox] == [[MINA]]


def test_who_asks_without_end_neither_floods_an_address_nor_keeps_its_mails_away(mina, sending):
    def mails_after_asking(times):
        mail.outbox.clear()
        for _ in range(times):
            send_reset_link.enqueue(MINA, "en")
        carry_out()
        return len(mail.outbox)

    assert mails_after_asking(8) == MOST_IN_AN_HOUR
    an_hour_ago = timezone.now() - timedelta(hours=1)
    QueuedTask.objects.filter(result=SENT).update(finished_at=an_hour_ago)
    assert mails_after_asking(8) == MOST_IN_AN_HOUR


def test_without_mail_the_page_says_whom_to_ask(browser, mina):
    page = browser.get("/account/reset").content.decode()
    assert "administrators" in page
    assert "<input" not in page.split("<footer>")[0].split("<main")[1]
    assert send(browser, "/account/reset", email=MINA).status_code == 200
    assert not QueuedTask.objects.exists()
