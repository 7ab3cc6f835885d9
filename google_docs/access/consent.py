"""Connecting a Google account: the consent flow, keeping its token encrypted, ending it."""

import hmac
import logging
import os
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from google_docs.access.token_encryption import BadKey, TokenEncryption
from google_docs.backend import require_configured
from google_docs.client import refusal_texts
from google_docs.config import Config
from google_docs.errors import NotConfigured
from google_docs.events import ConnectionChanged, ConnectionKind
from google_docs.models import Connection, Folder
from memory_hub.core.errors import HubError
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell

logger = logging.getLogger(__name__)
STATE_SECONDS = 600
LONGEST_CONSENT = 10 * 365 * 86400  # seconds; anything longer is no end
CALL_SECONDS = 10
ABOUT_FIELDS = "user(emailAddress,permissionId)"


class ConsentFailed(HubError):
    status, code, title = 400, "consent-failed", "The Google account was not connected"


@dataclass(frozen=True)
class Pending:
    """A consent that was asked for; it lives in the session of who asked, and is used once."""

    state: str
    verifier: str
    asked_at: float
    user_id: int
    team_id: int | None

    def refuse_unless(self, state: str, user_id: int) -> None:
        """Raises ConsentFailed for another state, another person, or after ten minutes."""
        if not hmac.compare_digest(self.state.encode(), state.encode()):
            raise ConsentFailed(_("This is not the consent that was asked for; start again."))
        if self.user_id != user_id or time.time() - self.asked_at > STATE_SECONDS:
            raise ConsentFailed(_("The request for consent is too old; start again."))


def oauth_config() -> Config:
    """The configuration. Raises NotConfigured when accounts cannot be connected here."""
    require_configured()
    config: Config = settings.GOOGLE_DOCS
    if not config.oauth:
        raise NotConfigured(
            "This hub uses one Google account for everybody; there is nothing to connect."
        )
    return config


def _flow(config: Config, **options: Any) -> Any:
    # Imported on first use: it brings requests along.
    from google_auth_oauthlib.flow import Flow

    # Scopes come back under other names, and with those given before: `missing_scopes` compares.
    os.environ.setdefault("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    if config.double:
        # It speaks plain HTTP, on this machine (config.safe_root).
        os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")
    client = {
        "client_id": config.client_id,
        "client_secret": config.client_secret,
        "auth_uri": config.endpoint("auth"),
        "token_uri": config.endpoint("token"),
    }
    return Flow.from_client_config(
        {"web": client},
        scopes=list(config.scopes),
        redirect_uri=config.redirect_uri,
        **options,
    )


def begin(user_id: int, team_id: int | None) -> tuple[str, Pending]:
    """Where to send the browser, and what to keep in its session."""
    flow = _flow(oauth_config())
    # Without offline access every call fails after an hour; without the prompt a second consent
    # brings no refresh token.
    url, state = flow.authorization_url(
        access_type="offline", prompt="consent", state=secrets.token_urlsafe(32)
    )
    return url, Pending(state, flow.code_verifier, time.time(), user_id, team_id)


@dataclass(frozen=True)
class Granted:
    """A consent that Google gave, not kept yet; the token is encrypted."""

    account: str
    permission_id: str
    scopes: list[str]
    locked_token: str
    ends_at: str | None
    user_id: int
    team_id: int | None

    @property
    def holder(self) -> dict[str, int]:
        return {"team_id": self.team_id} if self.team_id else {"user_id": self.user_id}

    def other_account(self) -> str | None:
        """The account whose place this one would take, if it is another one."""
        before = Connection.objects.filter(**self.holder).first()
        return before.account if before and before.permission_id != self.permission_id else None


def refused(reason: str) -> ConsentFailed:
    """What Google's page gave as the reason, in words."""
    return ConsentFailed(refusal_texts.sentence(reason))


def finish(pending: Pending, code: str) -> Granted:
    """Exchange the code. Raises ConsentFailed, with the reason."""
    config = oauth_config()
    flow = _flow(config, code_verifier=pending.verifier, autogenerate_code_verifier=False)
    try:
        told = flow.fetch_token(code=code, timeout=CALL_SECONDS)
        granted = flow.credentials
        scopes = list(granted.granted_scopes or granted.scopes or [])
        missing = refusal_texts.missing_scopes(list(config.scopes), scopes)
        user = {} if missing else _user(config, flow)
    except Exception as error:
        # Oauthlib, requests and google-auth have no common ancestor.
        # By its kind alone: the text of these may hold the code or a token.
        logger.warning("A consent could not be completed: %s", type(error).__name__)
        reason = refusal_texts.reason_of(
            getattr(error, "error", ""), getattr(error, "description", "")
        )
        if reason in refusal_texts.REASONS and reason != "invalid_grant":
            raise refused(reason) from None
        raise ConsentFailed(_("Google did not complete the consent; try again.")) from None
    if missing:
        names = ", ".join(missing)
        told = _("Not all was ticked on Google's page: %(names)s is missing. Try again.")
        raise ConsentFailed(told % {"names": names})
    if not granted.refresh_token:
        raise ConsentFailed(
            _("Google sent no refresh token; remove the app's access and try again.")
        )
    locked = TokenEncryption(list(config.token_keys)).lock(granted.refresh_token)
    ends_at = _end(told.get("refresh_token_expires_in"))
    return Granted(
        str(user["emailAddress"]), str(user["permissionId"]), scopes, locked, ends_at,
        pending.user_id, pending.team_id,
    )  # fmt: skip


def _user(config: Config, flow: Any) -> dict[str, Any]:
    root = config.root or "https://www.googleapis.com/"
    answer = flow.authorized_session().get(
        f"{root}drive/v3/about", params={"fields": ABOUT_FIELDS}, timeout=CALL_SECONDS
    )
    answer.raise_for_status()
    user: dict[str, Any] = answer.json()["user"]
    return user


def _end(seconds: Any) -> str | None:
    """When a consent ends that Google limits, as it does while the app is in testing."""
    if not isinstance(seconds, int | str) or not str(seconds).isdecimal():
        return None
    if int(seconds) > LONGEST_CONSENT:
        return None
    return (timezone.now() + timedelta(seconds=int(seconds))).isoformat()


def keep(granted: Granted, *, by: Identity) -> Connection:
    """Keep a consent as the connection of its holder; that of another account is ended."""
    before = Connection.objects.filter(**granted.holder).first()
    if before and before.permission_id != granted.permission_id:
        disconnect(before, by=by)
    with transaction.atomic():
        connection, _ = Connection.objects.update_or_create(
            **granted.holder,
            defaults={
                "account": granted.account,
                "permission_id": granted.permission_id,
                "scopes": granted.scopes,
                "locked_token": granted.locked_token,
                "connected_at": timezone.now(),
                "refused_at": None,
                "refused_because": "",
                "ends_at": datetime.fromisoformat(granted.ends_at) if granted.ends_at else None,
            },
        )
        tell(_changed(ConnectionKind.CONNECTED, connection, by))
    return connection


def _changed(kind: ConnectionKind, connection: Connection, by: Identity) -> ConnectionChanged:
    holder = (connection.account, connection.user_id, connection.team_id)
    return ConnectionChanged(by.actor, by.origin, kind, *holder)


def give_up(granted: Granted) -> None:
    """Do not keep a consent: it is revoked, unless a connection to the same account is kept."""
    if not Connection.objects.filter(permission_id=granted.permission_id).exists():
        revoke(granted.locked_token)


def folder_words(connection: Connection | None) -> str:
    """What was last seen to be wrong with the folders of a connection, in words."""
    if connection is None:
        return ""
    space = f"u{connection.user_id}" if connection.user_id else f"t{connection.team_id}"
    identity = f"account:{connection.permission_id}"[:64]
    row = Folder.objects.filter(identity=identity, space=space).first()
    return _(row.trouble) if row and row.trouble else ""


def disconnect(connection: Connection, *, by: Identity) -> bool:
    """Forget a connection and revoke its token; whether Google confirmed."""
    locked = forget(connection, by=by)
    return revoke(locked) if locked else True


@transaction.atomic
def forget(connection: Connection, *, by: Identity) -> str:
    """Forget a connection; the locked token that is to be revoked, or nothing.

    Revoking ends the consent of the whole Google account: while another connection uses the same
    one, this one is only forgotten.
    """
    shared = Connection.objects.filter(permission_id=connection.permission_id)
    alone = not shared.exclude(pk=connection.pk).exists()
    locked = connection.locked_token
    tell(_changed(ConnectionKind.DISCONNECTED, connection, by))
    connection.delete()
    return locked if alone else ""


def revoke(locked_token: str) -> bool:
    """Has Google revoke a token; whether it confirmed."""
    import requests  # on first use, as above

    config: Config = settings.GOOGLE_DOCS
    try:
        token = TokenEncryption(list(config.token_keys)).open(locked_token)
        answer = requests.post(
            config.endpoint("revoke"), data={"token": token}, timeout=CALL_SECONDS
        )
    except (BadKey, requests.RequestException) as error:
        logger.warning("A token could not be revoked: %s", type(error).__name__)
        return False
    # 400: it was revoked already.
    return answer.status_code in {200, 400}


@transaction.atomic
def rotate_keys() -> int:
    """Encrypt every stored token with the first key; how many there are. Raises BadKey."""
    encryption = TokenEncryption(list(settings.GOOGLE_DOCS.token_keys))
    connections = list(Connection.objects.select_for_update())
    for connection in connections:
        connection.locked_token = encryption.rotate(connection.locked_token)
    Connection.objects.bulk_update(connections, ["locked_token"], batch_size=500)
    return len(connections)
