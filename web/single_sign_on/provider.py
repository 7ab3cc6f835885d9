"""The provider as django-allauth looks for it: by discovery, with accounts known by issuer and
subject."""

import hashlib
from typing import Any

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from memory_hub.core.links import link_to

# How a provider is asked to ask who is there (OpenID Connect Core, section 3.1.2.1). Google knows
# neither, and refuses a prompt that it does not know.
ASKING_AGAIN = {"prompt": "login", "max_age": str(REAUTHENTICATION_TIMEOUT)}
AT_GOOGLE = {"prompt": "select_account"}
GOOGLE = "https://accounts.google.com"


class Adapter(OpenIDConnectOAuth2Adapter):
    """The way back is the address that the operator gives, not that of the request."""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        if settings.HUB_PUBLIC_URL:
            path = reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})
            return link_to(path.removeprefix(settings.HUB_PATH_PREFIX))
        return super().get_callback_url(request, app)


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Adapter

    def redirect(self, request: HttpRequest, process: str, **asked: Any) -> HttpResponse:
        """To the provider, which is to ask who is there where somebody only confirms it."""
        if process == AuthProcess.REDIRECT:
            again = AT_GOOGLE if settings.HUB_OIDC.issuer == GOOGLE else ASKING_AGAIN
            asked["auth_params"] = {**(asked.get("auth_params") or {}), **again}
        return super().redirect(request, process, **asked)

    def extract_uid(self, data: dict[str, Any]) -> str:
        """A digest of issuer and subject: another issuer's subjects are others. Raises OAuth2Error
        where there is no ID token, or the user info is somebody else's."""
        subject = data.get("id_token", {}).get("sub")
        if not subject or data.get("userinfo", {}).get("sub", subject) != subject:
            raise OAuth2Error("No ID token, or user info of another subject.")
        known = f"{self.app.settings['server_url']}\n{subject}"
        return hashlib.sha256(known.encode()).hexdigest()

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """None: which address counts is decided by the hub."""
        return []


provider_classes = [Provider]
