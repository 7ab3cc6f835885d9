"""All that pages and mails say is there in Korean too."""

import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from testing.browsing import PASSWORD, Person, carry_out, inside, link_in_mail, registered

NEW = "another long pass phrase"

WEB = Path(__file__).resolve().parents[1]
SIMPLE = re.compile(r"""\{% translate "([^"]+)" %\}""")
BLOCK = re.compile(r"\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate %\}", re.S)
VARIABLE = re.compile(r"\{\{ (\w+) \}\}")
SPOKEN = re.compile(r"""\b(?:_|gettext)\(\s*"([^"]+)"\s*\)""")


def said() -> list[str]:
    """What templates and views say, as gettext knows it."""
    found = []
    for path in (WEB / "templates").rglob("*.*"):
        text = path.read_text()
        found += SIMPLE.findall(text)
        found += [VARIABLE.sub(r"%(\1)s", one) for one in BLOCK.findall(text)]
    for path in WEB.rglob("*.py"):
        if "tests" not in path.parts:
            found += SPOKEN.findall(path.read_text())
    return sorted(set(found))


def test_every_sentence_has_a_translation_with_the_same_variables():
    sentences = said()
    assert len(sentences) > 90
    with override("ko"):
        spoken = {one: gettext(one) for one in sentences}
    assert [one for one, korean in spoken.items() if korean == one] == []
    variables = re.compile(r"%\(\w+\)s")
    for one, korean in spoken.items():
        assert set(variables.findall(korean)) <= set(variables.findall(one)), one


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
