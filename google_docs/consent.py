"""Connecting a Google account: the consent flow, keeping its token encrypted, ending it."""

import hmac
import logging
import os
import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from google_docs.backend import require_configured
from google_docs.config import Config
from google_docs.errors import NotConfigured
from google_docs.models import Connection
from google_docs.vault import BadKey, Vault
from memory_hub.errors import HubError

logger = logging.getLogger(__name__)
STATE_SECONDS = 600
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
            raise ConsentFailed("This is not the consent that was asked for; start again.")
        if self.user_id != user_id or time.time() - self.asked_at > STATE_SECONDS:
            raise ConsentFailed("The request for consent is too old; start again.")


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


def finish(pending: Pending, code: str) -> Connection:
    """Exchange the code and keep the connection. Raises ConsentFailed."""
    config = oauth_config()
    flow = _flow(config, code_verifier=pending.verifier, autogenerate_code_verifier=False)
    try:
        flow.fetch_token(code=code, timeout=CALL_SECONDS)
        session = flow.authorized_session()
        root = config.root or "https://www.googleapis.com/"
        answer = session.get(
            f"{root}drive/v3/about", params={"fields": ABOUT_FIELDS}, timeout=CALL_SECONDS
        )
        answer.raise_for_status()
        user = answer.json()["user"]
    except Exception as error:  # oauthlib, requests and google-auth have no common ancestor
        # By its kind alone: the text of these may hold the code or a token.
        logger.warning("A consent could not be completed: %s", type(error).__name__)
        raise ConsentFailed("Google did not complete the consent; try again.") from None
    granted = flow.credentials
    if not granted.refresh_token:
        raise ConsentFailed("Google sent no refresh token; remove the app's access and try again.")
    return _keep(config, pending, user, granted)


def _keep(config: Config, pending: Pending, user: dict[str, str], granted: Any) -> Connection:
    holder = {"team_id": pending.team_id} if pending.team_id else {"user_id": pending.user_id}
    before = Connection.objects.filter(**holder).first()
    if before and before.permission_id != user["permissionId"]:
        disconnect(before)
    scopes = granted.granted_scopes or granted.scopes or []
    connection, _ = Connection.objects.update_or_create(
        **holder,
        defaults={
            "account": user["emailAddress"],
            "permission_id": user["permissionId"],
            "scopes": list(scopes),
            "locked_token": Vault(list(config.token_keys)).lock(granted.refresh_token),
            "connected_at": timezone.now(),
            "refused_at": None,
        },
    )
    return connection


def disconnect(connection: Connection) -> bool:
    """Forget a connection and revoke its token; whether Google confirmed.

    Revoking ends the consent of the whole Google account: while another connection uses the same
    one, this one is only forgotten.
    """
    shared = Connection.objects.filter(permission_id=connection.permission_id)
    alone = not shared.exclude(pk=connection.pk).exists()
    locked = connection.locked_token
    connection.delete()
    return _revoke(locked) if alone else True


def _revoke(locked_token: str) -> bool:
    import requests  # on first use, as above

    config: Config = settings.GOOGLE_DOCS
    try:
        token = Vault(list(config.token_keys)).open(locked_token)
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
    vault = Vault(list(settings.GOOGLE_DOCS.token_keys))
    connections = list(Connection.objects.select_for_update())
    for connection in connections:
        connection.locked_token = vault.rotate(connection.locked_token)
    Connection.objects.bulk_update(connections, ["locked_token"], batch_size=500)
    return len(connections)
