"""Who may make an account, and that nobody may whose address no mail would prove."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf.signup import sign_up


def read(monkeypatch, value, sends_mail=True):
    monkeypatch.setenv("HUB_SIGNUP", value)
    return sign_up(sends_mail=sends_mail)


@pytest.mark.parametrize(
    ("value", "admitted", "others"),
    [
        ("", [], ["a@example.com"]),
        ("invited", [], ["a@example.com"]),
        ("closed", [], ["a@example.com"]),
        ("open", ["a@example.com", "a@other.example"], []),
        (
            "domain:example.com, Other.Example",
            ["a@example.com", "a@other.example"],
            ["a@sub.example.com", "a@notexample.com", "a@example.com.evil.example"],
        ),
    ],
)
def test_whom_the_hub_admits(monkeypatch, value, admitted, others):
    found = read(monkeypatch, value)
    assert all(found.admits(address) for address in admitted)
    assert not any(found.admits(address) for address in others)
    assert found.has_invitations == (value != "closed")


@pytest.mark.parametrize("value", ["open", "domain:example.com"])
def test_nobody_signs_up_where_no_mail_is_sent(monkeypatch, value):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        read(monkeypatch, value, sends_mail=False)


@pytest.mark.parametrize(
    "value", ["everybody", "domain:", "domain", "domain:a", "open:example.com", "domain:a@b.c"]
)
def test_what_is_no_rule_is_refused(monkeypatch, value):
    with pytest.raises(ImproperlyConfigured, match="HUB_SIGNUP must be"):
        read(monkeypatch, value)
