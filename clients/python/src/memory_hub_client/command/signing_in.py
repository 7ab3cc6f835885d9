"""Signing in through the browser: OAuth 2.1 with PKCE, answered on a loopback address, RFC 8252."""

import base64
import hashlib
import secrets
import time
import webbrowser
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from memory_hub_client.command.credentials import Credentials
from memory_hub_client.command.failing import Failed

# Seconds for the person to say yes.
PATIENCE = 300.0
# Seconds before its end that a token is renewed.
EARLY = 60.0
NAME = "hub, the command line"


class _Answer(BaseHTTPRequestHandler):
    """Takes what the browser brings back."""

    server: "_Loopback"
    # Seconds for a request: browsers open connections that they may never use.
    timeout = 1.0

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path != "/callback":
            self.send_error(404)
            return
        self.server.told = {name: values[0] for name, values in parse_qs(asked.query).items()}
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"Done. You can close this page and go back to the terminal.")

    def log_message(self, *args: Any) -> None:
        """Says nothing: the address has the code in it."""


class _Loopback(HTTPServer):
    """A port of this machine that waits for one answer."""

    told: dict[str, str] | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.callback = f"http://127.0.0.1:{self.server_port}/callback"

    def answer(self) -> dict[str, str]:
        """What was brought. Raises Failed where nobody comes."""
        until = time.monotonic() + PATIENCE
        while self.told is None:
            self.timeout = until - time.monotonic()
            if self.timeout <= 0:
                raise Failed("Nobody answered in the browser; try again.")
            self.handle_request()
        return self.told


def sign_in(
    url: str,
    scopes: Iterable[str],
    *,
    client: httpx.Client,
    tell: Callable[[str], None],
) -> Credentials:
    """Has the person say yes in the browser; what they gave. Raises Failed and httpx.HTTPError."""
    resource = _read(client, f"{url}/.well-known/oauth-protected-resource")
    issuer = str(resource["authorization_servers"][0])
    server = _read(client, f"{issuer}/.well-known/oauth-authorization-server")
    if server["issuer"] != issuer:
        raise Failed("The hub's document of how to sign in is another server's.")
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    with _Loopback() as loopback:
        client_id = _registered(client, server, loopback.callback)
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": loopback.callback,
            "scope": " ".join(scopes) or " ".join(resource["scopes_supported"]),
            "state": state,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            "resource": resource["resource"],
        }
        address = f"{server['authorization_endpoint']}?{urlencode(asked)}"
        tell(f"Say yes in your browser:\n{address}")
        webbrowser.open(address)
        told = loopback.answer()
        if told.get("state") != state or told.get("iss") != issuer:
            raise Failed("The answer of the browser belongs to another question; try again.")
        if "code" not in told:
            raise Failed(told.get("error_description") or told.get("error") or "It was refused.")
        form = {
            "grant_type": "authorization_code",
            "code": told["code"],
            "redirect_uri": loopback.callback,
            "client_id": client_id,
            "code_verifier": verifier,
            "resource": resource["resource"],
        }
        given = _token(client, server["token_endpoint"], form)
    return Credentials(
        url, client_id=client_id, token_endpoint=server["token_endpoint"], **_kept(given)
    )


def renew(present: Credentials, *, client: httpx.Client) -> Credentials:
    """The same with a new token. Raises Failed where the connection is over."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": present.refresh_token,
        "client_id": present.client_id,
    }
    return present.renewed(**_kept(_token(client, str(present.token_endpoint), form)))


def is_old(present: Credentials) -> bool:
    """Whether the token is about to end, and can be renewed."""
    if present.expires_at is None or not present.refresh_token:
        return False
    return time.time() > present.expires_at - EARLY


def _kept(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "token": given["access_token"],
        "expires_at": time.time() + given["expires_in"],
        "refresh_token": given.get("refresh_token"),
    }


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _registered(client: httpx.Client, server: dict[str, Any], callback: str) -> str:
    asked = {
        "client_name": NAME,
        "redirect_uris": [callback],
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    }
    answer = client.post(server["registration_endpoint"], json=asked)
    if answer.is_error:
        raise Failed(f"The hub does not know this program: HTTP {answer.status_code}")
    return str(answer.json()["client_id"])


def _token(client: httpx.Client, endpoint: str, form: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(endpoint, data=form)
    if answer.is_error:
        raise Failed("The hub gives no token any more: sign in again with hub login.")
    return answer.json()


def _read(client: httpx.Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    if answer.is_error:
        detail = "This hub signs nobody in through a browser; use hub login --token."
        raise Failed(detail)
    return answer.json()
