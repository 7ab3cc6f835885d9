"""What oauthlib asks of a server: which client, which code, what is kept and what is given.

Imported with the first request of a client, as oauthlib is.
"""

import hmac
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

from oauthlib.common import Request
from oauthlib.oauth2 import RequestValidator
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error, InvalidGrantError

from integrations.oauth import services
from integrations.oauth.clients import lookup
from integrations.oauth.clients.redirects import is_named
from integrations.oauth.models import Client
from integrations.oauth.resources import resource_named, resources
from memory_hub.accounts.scopes import default_scopes, delegable_scopes, every_scope
from memory_hub.accounts.secrets import digest
from memory_hub.core.errors import NotAuthenticated
from memory_hub.core.identity import Origin

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class Validator(RequestValidator):
    """Answers for one request, which came from ``origin``; ``user_id`` is whoever is asked to let a
    client in, None at the endpoints that clients ask themselves."""

    def __init__(self, origin: Origin, user_id: int | None = None) -> None:
        super().__init__()
        self._origin, self._user_id = origin, user_id

    # Clients

    def validate_client_id(self, client_id: str, request: Request, *_: Any, **__: Any) -> bool:
        request.client = lookup.asked_for(client_id, self._user_id)
        return request.client is not None

    def client_authentication_required(self, request: Request, *_: Any, **__: Any) -> bool:
        """Of whoever shows a secret, and of clients that have one."""
        client_id, secret = _shown(request)
        request.client_id = client_id
        request.client = lookup.kept(client_id)
        return bool(secret or (request.client and request.client.secret_digest))

    def authenticate_client(self, request: Request, *_: Any, **__: Any) -> bool:
        client, (_, secret) = request.client, _shown(request)
        return (
            client is not None
            and bool(client.secret_digest)
            and hmac.compare_digest(client.secret_digest, digest(secret))
        )

    def authenticate_client_id(self, client_id: str, request: Request, *_: Any, **__: Any) -> bool:
        return request.client is not None and not request.client.secret_digest

    def validate_grant_type(self, *_: Any, **__: Any) -> bool:
        return True

    def validate_response_type(
        self, client_id: str, response_type: str, client: Client, request: Request, *_: Any
    ) -> bool:
        return response_type == "code"

    # Where a browser is sent back to

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Request, *_: Any, **__: Any
    ) -> bool:
        return is_named(redirect_uri, request.client.redirect_uris)

    def get_default_redirect_uri(self, client_id: str, request: Request, *_: Any) -> str | None:
        named = request.client.redirect_uris
        return named[0] if len(named) == 1 else None

    def confirm_redirect_uri(
        self,
        client_id: str,
        code: str,
        redirect_uri: str,
        client: Client,
        request: Request,
        *_: Any,
    ) -> bool:
        return redirect_uri == request.kept.redirect_uri

    # Scopes

    def get_default_scopes(self, client_id: str, request: Request, *_: Any) -> list[str]:
        return list(default_scopes())

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Client, request: Request, *_: Any
    ) -> bool:
        """What clients ask of every server (``openid``, ``offline_access``) is left out; what is
        nobody's to delegate is refused."""
        known = [one for one in scopes if one in every_scope()]
        if not known or not set(known) <= set(delegable_scopes()):
            return False
        request.scopes = known
        return True

    # Codes

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        return True

    def save_authorization_code(
        self, client_id: str, code: dict[str, str], request: Request, *_: Any, **__: Any
    ) -> None:
        services.keep_code(
            code["code"],
            client=request.client,
            user_id=self._user_id,
            redirect_uri=request.redirect_uri,
            challenge=request.code_challenge,
            scopes=request.scopes,
            resource=request.meant_resource,
            restriction=request.restriction,
        )

    def validate_code(
        self, client_id: str, code: str, client: Client, request: Request, *_: Any, **__: Any
    ) -> bool:
        request.kept = services.code_of(code, client, self._origin)
        if request.kept is None:
            return False
        request.user, request.scopes = request.kept.user, request.kept.scopes
        _refuse_other_resource(request, request.kept.resource)
        return True

    def get_code_challenge(self, code: str, request: Request) -> str:
        return request.kept.challenge

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        return "S256"

    def invalidate_authorization_code(self, *_: Any, **__: Any) -> None:
        """The exchange has done it."""

    # Tokens

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Request, *_: Any, **__: Any
    ) -> bool:
        request.connection = services.connection_of(refresh_token, client, self._origin)
        if request.connection is None:
            return False
        request.user = request.connection.token.user
        _refuse_other_resource(request, request.connection.token.resource)
        return True

    def get_original_scopes(self, refresh_token: str, request: Request, *_: Any) -> list[str]:
        return request.connection.scopes

    def save_bearer_token(
        self, token: dict[str, Any], request: Request, *_: Any, **__: Any
    ) -> None:
        """Gives the token its texts, which are made where they are stored."""
        try:
            if request.grant_type == "refresh_token":
                issued = services.renew(request.connection, request.scopes, self._origin)
            else:
                issued = services.connect(request.kept, self._origin)
        except NotAuthenticated:  # revoked since it was looked at
            raise InvalidGrantError(request=request) from None
        token |= {"access_token": issued.access, "refresh_token": issued.renewal}
        lookup.note_use(request.client)

    def revoke_token(self, token: str, hint: str, request: Request, *_: Any, **__: Any) -> None:
        services.revoke(token, request.client, self._origin)

    def is_origin_allowed(self, *_: Any, **__: Any) -> bool:
        """That pages of other origins may read the answers, the hub's own middleware says."""
        return False


def usual_form(request: Request) -> dict[str, Any]:
    """A condition of the authorization endpoint: a challenge that hides its verifier, and an answer
    in the query, whatever else is asked for."""
    request.response_mode = "query"
    challenge, method = request.code_challenge, request.code_challenge_method
    if challenge and (method != "S256" or not _CHALLENGE.fullmatch(challenge)):
        raise _refusal(request, "invalid_request", "code_challenge must be of the method S256.")
    return {}


def known_resource(request: Request) -> dict[str, Any]:
    """A condition of the authorization endpoint: what is asked for is a resource of the hub's; none
    means all of the hub."""
    asked = [value for key, value in request.uri_query_params if key == "resource"]
    request.meant_resource = _meant(request, asked)
    return {"resource": request.meant_resource}


def _refuse_other_resource(request: Request, resource: str) -> None:
    asked = [value for key, value in request.decoded_body or () if key == "resource"]
    if any(asked) and _meant(request, asked) != resource:
        raise _no_target(request)


def _meant(request: Request, asked: Iterable[str]) -> str:
    meant = {resource_named(text) for text in asked if text} or {resources()[""]}
    if len(meant) > 1 or None in meant:
        raise _no_target(request)
    return meant.pop()


def _no_target(request: Request) -> CustomOAuth2Error:
    return _refusal(request, "invalid_target", "resource must name one resource of this hub.")


def _refusal(request: Request, error: str, detail: str) -> CustomOAuth2Error:
    return CustomOAuth2Error(error, detail, request=request)


def _shown(request: Request) -> tuple[str, str]:
    """The id and the secret that a client shows, in the header (RFC 6749 §2.3.1) or in the form."""
    kind, _, encoded = (request.headers.get("Authorization") or "").partition(" ")
    if kind.lower() == "basic":
        try:
            pair = b64decode(encoded, validate=True).decode()
        except (NotBase64, UnicodeDecodeError):
            return "", ""
        client_id, _, secret = pair.partition(":")
        return unquote_plus(client_id), unquote_plus(secret)
    return request.client_id or "", request.client_secret or ""
