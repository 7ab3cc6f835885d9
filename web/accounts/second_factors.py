"""What allauth's second factors ask the hub."""

import secrets
from base64 import b32encode
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base import forms
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError

from memory_hub.accounts.attempts import guessed_wrong, may_guess
from memory_hub.accounts.encryption import decrypt, encrypt
from memory_hub.accounts.services.second_factors import sign_on_removed, tell_of_change
from web.accounts.visitors import person

NAME = "Memory Hub"


class SecondFactors(DefaultMFAAdapter):
    """Seeds lie encrypted in the database; passkeys are for the host where people find the hub."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return decrypt(encrypted_text)
        except InvalidToken:
            # Made under another SECRET_KEY: no code is right any more, as of a seed nobody knows.
            return b32encode(secrets.token_bytes(20)).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = urlsplit(settings.HUB_PUBLIC_URL).hostname
        return {"id": host or context.request.get_host().partition(":")[0], "name": NAME}


class _Counted:
    """A form with a code, each try of which is counted."""

    def clean_code(self) -> str:
        request, user = context.request, self.user
        if not may_guess(request, user):
            raise ValidationError(get_adapter().error_messages["incorrect_code"])
        try:
            return super().clean_code()
        except ValidationError:
            guessed_wrong(request, user)
            raise


class AuthenticateForm(_Counted, forms.AuthenticateForm):
    """After the password."""


class ReauthenticateForm(_Counted, forms.ReauthenticateForm):
    """Before what needs to be sure who is there."""


def note_change(sender: Any, request: Any, user: Any, **_: Any) -> None:
    """Tells that an authenticator was added, renamed, removed, or its codes made anew."""
    tell_of_change(user, by=person(request, user))


def note_sign_on(request: Any, sociallogin: Any, **_: Any) -> None:
    """Tells that a sign-on was connected: nobody need be logged in yet."""
    tell_of_change(sociallogin.user, by=person(request, sociallogin.user))


def note_removed_sign_on(request: Any, socialaccount: Any, **_: Any) -> None:
    """Tells that a sign-on was removed, and takes its places along."""
    sign_on_removed(socialaccount.user, by=person(request, socialaccount.user))
