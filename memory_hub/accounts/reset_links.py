"""Links that let a password be set, once: mailed ones, which prove the address, and shown ones."""

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from memory_hub.accounts.models import User

_SHOWN = "s."


class _Shown(PasswordResetTokenGenerator):
    key_salt = "memory_hub.accounts.reset_links.shown"


class ResetTokens(PasswordResetTokenGenerator):
    """Knows both kinds; good for PASSWORD_RESET_TIMEOUT and until the password or the address is
    another one."""

    def check_token(self, user: User | None, token: str | None) -> bool:
        if token and token.startswith(_SHOWN):
            return _Shown().check_token(user, token.removeprefix(_SHOWN))
        return super().check_token(user, token)


class LinkUsed(Exception):
    """The link was good, and has set a password since."""


def lock_unused(user: User, token: str) -> None:
    """Locks the user, in the caller's transaction, for the one use of the token. Raises LinkUsed
    where somebody else was quicker."""
    present = User.objects.select_for_update().filter(pk=user.pk).first()
    if not ResetTokens().check_token(present, token):
        raise LinkUsed


def proves_address(token: str) -> bool:
    """Whether the token, a good one, came by mail."""
    return not token.startswith(_SHOWN)


def mailed_path(user: User) -> str:
    """The path of a link for a mail to the user's address, and for nobody else's eyes."""
    return _path(user, ResetTokens().make_token(user))


def shown_path(user: User) -> str:
    """The path of a link that staff hand out."""
    return _path(user, _SHOWN + _Shown().make_token(user))


def _path(user: User, key: str) -> str:
    parts = {"uidb36": user_pk_to_url_str(user), "key": key}
    return reverse("account_reset_password_from_key", kwargs=parts)
