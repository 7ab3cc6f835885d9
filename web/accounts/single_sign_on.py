"""Whose account somebody is who has signed on at the OpenID provider."""

from dataclasses import dataclass
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.shortcuts import render

from memory_hub.accounts.models import User, normal_email
from memory_hub.accounts.services import invitations, proving
from memory_hub.accounts.services.groups import follow
from web.accounts import confirming
from web.accounts.visitors import person, stranger


@dataclass(frozen=True, slots=True)
class Claims:
    """``address``: what the provider has verified and is trusted with, or nothing. ``groups`` are
    None where the provider said nothing of them."""

    address: str
    groups: frozenset[str] | None

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Claims":
        said = {**data.get("id_token", {}), **data.get("userinfo", {})}
        trusted = settings.HUB_OIDC.trusts_email and said.get("email_verified") is True
        groups = said.get(settings.HUB_OIDC.groups_claim)
        known = frozenset(map(str, groups)) if isinstance(groups, list) else None
        return cls(_address(said.get("email")) if trusted else "", known)


def _address(text: Any) -> str:
    address = normal_email(text) if isinstance(text, str) else ""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


class SingleSignOn(DefaultSocialAccountAdapter):
    """An account is known by issuer and subject. One that is not known yet is connected from within
    its own session, or by an address that the provider is trusted with. Claims make nobody staff.
    """

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.state.get("process") == AuthProcess.REDIRECT:
            confirming.take(request, sociallogin)
            return
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            # It may be another's, and the password has not been asked yet: whoever is connected is
            # followed when they sign on.
            return
        claims = Claims.of(sociallogin.account.extra_data)
        user = sociallogin.user if sociallogin.is_existing else self._known(request, claims)
        if not user:
            # The same whether there is an account with the address or not.
            raise ImmediateHttpResponse(render(request, "web/no_account.html", status=403))
        if not sociallogin.is_existing:
            sociallogin.connect(request, user)
        if user.is_active:
            self._follow(request, user, claims)

    def _known(self, request: HttpRequest, claims: Claims) -> User | None:
        """The account of the address, made where the hub or an invitation admits it."""
        if not claims.address:
            return None
        user = User.objects.filter(email=claims.address).first()
        if user is None:
            return invitations.sign_on(claims.address, by=stranger(request))
        if not user.is_proven:
            proving.take_over_without_password(user.pk, by=person(request, user))
            user.refresh_from_db()
        return user

    def _follow(self, request: HttpRequest, user: User, claims: Claims) -> None:
        by = person(request, user)
        if claims.address == user.email:
            proving.prove(user.pk, by=by)
        if claims.groups is not None:
            follow(user, claims.groups, settings.HUB_OIDC.places, by=by)
