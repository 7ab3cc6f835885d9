"""All that pages and mails say is there in Korean too."""

import re

import pytest
from django.utils.translation import gettext, ngettext, override

from memory_hub.conf.admin_theme import navigation
from memory_hub.core.installed import features
from memory_hub.jobs.declared import declared
from testing.clients.browsing import PASSWORD, Person, carry_out, inside, link_in_mail, registered
from web.sentences import said
from web.tests.languages.sayings import (
    catalogues,
    every_saying,
    modules,
    refusals,
    templates,
    unmarked,
)

NEW = "another long pass phrase"
# What only programs are told: of requests that no page sends, and of credentials.
OF_PROGRAMS = {"views", "views.py", "management", "authentication.py", "places.py", "errors.py"}
VARIABLE = re.compile(r"%\(\w+\)[sd]")


def test_every_sentence_has_a_translation_with_the_same_variables():
    sayings = every_saying()
    assert len(sayings) > 350
    with override("ko"):
        spoken = {one: korean(one) for one in sayings}
    assert [one for one, korea in spoken.items() if korea is None] == []
    for one, korea in spoken.items():
        told = VARIABLE.findall(one.plural or one.one)
        assert set(VARIABLE.findall(korea)) <= set(told), one


def korean(saying):
    """What is said in Korean; None where that is nothing else."""
    if saying.plural:
        said = ngettext(saying.one, saying.plural, 2)
        return None if said in (saying.one, saying.plural) else said
    said = gettext(saying.one)
    return None if said == saying.one else said


def test_what_services_refuse_is_said_in_korean():
    packages = ("superthread", "memory_hub/accounts", "memory_hub/core", "web")
    told = {
        one
        for path in modules(*packages)
        if not OF_PROGRAMS & set(path.parts) and path.name not in OF_PROGRAMS
        for one in refusals(path.read_text())
    }
    assert len(told) > 50
    with override("ko"):
        assert [one for one in sorted(told) if said(one) is None] == []


def test_the_side_bar_of_the_admin_speaks_korean():
    told = {item.section for app in features() for item in app.side_bar}
    told |= {item.title for app in features() for item in app.side_bar}
    # Of the sample app of the tests.
    told -= {"Notes", "All notes"}
    with override("ko"):
        assert [one for one in sorted(told) if gettext(one) == one and one != "API"] == []
        assert "메모리" in {section["title"] for section in navigation(None)}


def test_what_jobs_do_is_said_in_korean():
    with override("ko"):
        assert [name for name, job in declared().items() if gettext(job.help) == job.help] == []


def test_no_message_of_a_catalogue_is_empty_or_a_guess():
    bad = []
    for path in catalogues():
        text = path.read_text()
        bad += [f"{path}: fuzzy" for _ in re.findall(r"^#,.*fuzzy", text, re.M)]
        bad += re.findall(r'^msgid "(.+)"\nmsgstr(?:\[0\])? ""\n(?!")', text, re.M)
    assert bad == []


def test_every_text_of_a_template_is_marked_for_translation():
    wrong = {str(path): found for path in templates() if (found := unmarked(path.read_text()))}
    assert wrong == {}


def test_a_text_that_nobody_marked_is_found():
    """What the test above would find."""
    told = """{% load i18n %}<p title="Read me">{% translate "Seen" %} and not</p>
        {% blocktranslate %}Fine{% endblocktranslate %}<code>GET</code><kbd>Esc</kbd>"""
    assert unmarked(told) == ["Read me", "and not"]


@pytest.mark.parametrize(
    ("language", "expected"), [("ko", "새 비밀번호"), ("en", "A new password")]
)
def test_a_mail_speaks_the_language_of_the_page_where_it_was_asked_for(
    db, sending, language, expected
):
    from django.core import mail

    registered("mina@example.com")
    person = Person("mina@example.com", HTTP_ACCEPT_LANGUAGE=language)
    person.send("/account/reset", email="mina@example.com")
    link_in_mail("mina@example.com")
    assert expected in mail.outbox[0].subject


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("en", "Memory Hub: Password Changed", "Your password has been changed."),
        ("ko", "Memory Hub: 비밀번호 변경됨", "비밀번호가 변경되었습니다."),
    ],
)
def test_a_change_of_an_account_is_told_by_mail(db, sending, language, subject, said):
    from django.core import mail

    person = inside("mina@example.com")
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    person.defaults |= {"HTTP_ACCEPT_LANGUAGE": language, "HTTP_USER_AGENT": "A browser"}
    assert person.send("/account/password", **form).status_code == 302
    carry_out()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["mina@example.com"], subject)
    for one in (said, "mina@example.com", "https://hub.example.com", "127.0.0.1", "A browser"):
        assert one in letter.body
