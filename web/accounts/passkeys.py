"""The name of a passkey. Here, not with the other factors: what passkeys need is long to import."""

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import EditWebAuthnForm
from django.db import transaction

from web.accounts.second_factors import note_change


class RenameForm(EditWebAuthnForm):
    """By its name its owner knows which one to remove."""

    @transaction.atomic
    def save(self) -> Authenticator:
        saved = super().save()
        note_change(Authenticator, context.request, saved.user)
        return saved
