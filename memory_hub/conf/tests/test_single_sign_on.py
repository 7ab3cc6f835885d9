"""What the variables of single sign-on say, and what they must not."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf.single_sign_on import GroupRole, single_sign_on

GOOD = {
    "OIDC_ISSUER": "https://id.example.com/realms/a/",
    "OIDC_CLIENT_ID": "hub",
    "OIDC_CLIENT_SECRET": "secret",
}


def read(monkeypatch, **variables):
    for name, value in {**GOOD, **variables}.items():
        monkeypatch.setenv(name, value)
    return single_sign_on()


def test_without_an_issuer_there_is_none(monkeypatch):
    assert read(monkeypatch, OIDC_ISSUER="") is None


def test_groups_are_places_in_teams(monkeypatch):
    found = read(monkeypatch, OIDC_GROUPS="developers=alpha, leads=alpha:admin")
    assert found.places == (
        GroupRole("developers", "alpha", "member"),
        GroupRole("leads", "alpha", "admin"),
    )
    assert found.issuer == "https://id.example.com/realms/a"
    assert not found.trusts_email


@pytest.mark.parametrize(
    "wrong",
    [
        {"OIDC_ISSUER": "http://id.example.com"},
        {"OIDC_ISSUER": "http://localhost.example.com"},
        {"OIDC_ISSUER": "id.example.com"},
        {"OIDC_CLIENT_ID": ""},
        {"OIDC_CLIENT_SECRET": ""},
        {"OIDC_GROUPS": "developers"},
        {"OIDC_GROUPS": "developers=alpha:owner"},
    ],
)
def test_half_a_provider_is_refused(monkeypatch, wrong):
    with pytest.raises(ImproperlyConfigured, match="OIDC_"):
        read(monkeypatch, **wrong)
