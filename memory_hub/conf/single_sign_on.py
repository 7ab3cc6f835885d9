"""The OpenID provider that people may sign on at: the ``OIDC_*`` variables."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf import env

PROVIDER_ID = "oidc"
_ISSUER = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_LOCAL = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)")
_GROUP = re.compile(r"(?P<group>[^=,]+)=(?P<team>[\w][\w.-]{0,63})(:(?P<role>member|admin))?")


@dataclass(frozen=True, slots=True)
class GroupRole:
    """Who is in the provider's ``group`` is in the team, with this role."""

    group: str
    team_key: str
    role: str


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """``trusts_email``: an address that the provider calls verified is proven, and whose it is may
    sign on to the account that has it. ``groups_claim`` names the groups."""

    issuer: str
    client_id: str
    secret: str
    name: str
    trusts_email: bool
    groups_claim: str
    places: tuple[GroupRole, ...]

    @property
    def providers(self) -> dict[str, Any]:
        """As django-allauth takes it."""
        app = {
            "provider_id": PROVIDER_ID,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.issuer},
        }
        return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def single_sign_on() -> SingleSignOn | None:
    """What the variables say, None without an issuer. Raises ImproperlyConfigured, also for an
    issuer without TLS elsewhere than on this machine."""
    issuer = env.text("OIDC_ISSUER", "").rstrip("/")
    found = SingleSignOn(
        issuer=issuer,
        client_id=env.text("OIDC_CLIENT_ID", ""),
        secret=env.secret("OIDC_CLIENT_SECRET", ""),
        name=env.text("OIDC_NAME", "OpenID"),
        trusts_email=env.flag("OIDC_TRUST_EMAIL", default=False),
        groups_claim=env.text("OIDC_GROUPS_CLAIM", "groups"),
        places=tuple(map(_place, env.words("OIDC_GROUPS"))),
    )
    if not issuer:
        return None
    if not _ISSUER.fullmatch(issuer) or (issuer.startswith("http://") and not _LOCAL.match(issuer)):
        raise ImproperlyConfigured("OIDC_ISSUER must be like https://id.example.com.")
    if not found.client_id or not found.secret:
        raise ImproperlyConfigured("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.")
    return found


def _place(word: str) -> GroupRole:
    found = _GROUP.fullmatch(word)
    if found is None:
        raise ImproperlyConfigured("OIDC_GROUPS must be like developers=alpha,leads=alpha:admin.")
    return GroupRole(found["group"].strip(), found["team"], found["role"] or "member")
