"""Who may make an account by themselves: ``HUB_SIGNUP``."""

import re
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf import env

FORM = "HUB_SIGNUP must be invited, closed, open, or domain:example.com (several with commas)."
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignUp:
    """``mode``: accounts come from invitations (invited), from staff alone (closed), or are made by
    anybody (open) or by who has an address in one of the ``domains`` (domain)."""

    mode: str = "invited"
    domains: frozenset[str] = frozenset()

    @property
    def is_public(self) -> bool:
        """Whether there is a page to ask for an account."""
        return self.mode in ("open", "domain")

    @property
    def has_invitations(self) -> bool:
        return self.mode != "closed"

    def admits(self, address: str) -> bool:
        """Whether the owner of this address, in its normal spelling, may make an account."""
        return self.mode == "open" or address.rpartition("@")[2] in self.domains


def sign_up(*, sends_mail: bool) -> SignUp:
    """What the variable says. Raises ImproperlyConfigured, also where anybody could make an account
    and no mail would prove that the address is theirs."""
    given = env.text("HUB_SIGNUP", "invited").lower()
    mode, _, domains = given.partition(":")
    found = SignUp(mode, frozenset(filter(None, (one.strip() for one in domains.split(",")))))
    named = mode == "domain"
    known = mode in ("invited", "closed", "open", "domain") and named == bool(found.domains)
    if not known or not all(_DOMAIN.fullmatch(one) for one in found.domains):
        raise ImproperlyConfigured(FORM)
    if found.is_public and not sends_mail:
        raise ImproperlyConfigured("HUB_SIGNUP=open and domain:… need EMAIL_URL.")
    return found
