"""Where mail goes, and that no link leaves the hub without an address that the operator gave."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf.mail import mail_settings

HERE = "https://hub.example.com"


def read(monkeypatch, url, public=HERE):
    monkeypatch.setenv("EMAIL_URL", url)
    settings = {}
    return mail_settings(settings, public), settings


def test_without_the_variable_nothing_is_sent(monkeypatch):
    sends, settings = read(monkeypatch, "", public="")
    assert not sends
    assert settings["EMAIL_BACKEND"].endswith("dummy.EmailBackend")


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls"),
    [
        ("smtp://mail.example.com", 587, True, False),
        ("smtps://mail.example.com", 465, False, True),
        ("smtp+plain://localhost:2525", 2525, False, False),
    ],
)
def test_how_mail_is_encrypted_is_said_by_the_scheme(monkeypatch, url, port, starttls, tls):
    sends, settings = read(monkeypatch, url)
    assert sends
    found = [settings[name] for name in ("EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL")]
    assert found == [port, starttls, tls]


def test_a_name_a_password_and_a_sender_may_have_any_characters(monkeypatch):
    url = "smtp://a%40b:p%2Fw%3A@mail.example.com?from=Hub%20%3Chub@example.com%3E"
    _, settings = read(monkeypatch, url)
    assert settings["EMAIL_HOST_USER"] == "a@b"
    assert settings["EMAIL_HOST_PASSWORD"] == "p/w:"
    assert settings["DEFAULT_FROM_EMAIL"] == "Hub <hub@example.com>"


@pytest.mark.parametrize(
    "url", ["mail.example.com", "smtp://", "smtp://h:x", "http://h", "smtp://h/p"]
)
def test_what_is_no_mail_server_is_refused_without_its_password(monkeypatch, url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must look like smtp"):
        read(monkeypatch, url)


def test_mail_needs_an_address_for_its_links(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="HUB_PUBLIC_URL"):
        read(monkeypatch, "smtp://mail.example.com", public="")
