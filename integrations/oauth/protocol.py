"""The protocol as the views need it: what is asked, what comes of a decision, what tokens come of.

Imports oauthlib; the views import it with their first request.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, QueryDict
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    RefreshTokenGrant,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    FatalClientError,
    InvalidScopeError,
    OAuth2Error,
)

from integrations.oauth.issuer import issuer
from integrations.oauth.models import Client
from integrations.oauth.services import TOKEN_LIVES
from integrations.oauth.validator import Validator, known_resource, usual_form
from memory_hub.accounts.principal import origin_of
from memory_hub.accounts.restrictions import Restriction

# What changes that come in by clients' requests say of their origin.
DOOR = "oauth"
# Status, headers and text of an answer.
Answer = tuple[int, dict[str, str], str]


@dataclass(frozen=True)
class AuthorizationRequest:
    """What a client asks a person for, checked."""

    client: Client
    redirect_uri: str
    scopes: list[str]
    resource: str
    state: str | None


class NotAsked(Exception):
    """Nothing that could be answered to whoever asks: an unknown client, or an address to send the
    browser to that is not the client's. For the person."""


class SentBack(Exception):
    """The request is refused; the browser goes back to the client, which is told why."""

    def __init__(self, location: str) -> None:
        super().__init__("refused")
        self.location = location


def asked(request: HttpRequest) -> AuthorizationRequest:
    """What the request at the authorization endpoint asks for. Raises NotAsked, SentBack, Spent,
    RateLimited."""
    try:
        scopes, told = _authorization(request).validate_authorization_request(_uri(request))
    except FatalClientError as error:
        raise NotAsked(error.description) from error
    except OAuth2Error as error:
        raise SentBack(_with_issuer(error.in_uri(error.redirect_uri))) from error
    return AuthorizationRequest(
        told["request"].client, told["redirect_uri"], scopes, told["resource"], told["state"]
    )


def allowed(request: HttpRequest, scopes: list[str], restriction: Restriction) -> str:
    """Where the browser goes once the person has allowed this much. Raises NotAsked."""
    credentials = {"restriction": restriction}
    try:
        headers, _, _ = _authorization(request).create_authorization_response(
            _uri(request), scopes=scopes, credentials=credentials
        )
    except FatalClientError as error:
        raise NotAsked(error.description) from error
    return _with_issuer(headers["Location"])


def denied(asked: AuthorizationRequest) -> str:
    """Where the browser goes once the person has said no."""
    return _with_issuer(AccessDeniedError(state=asked.state).in_uri(asked.redirect_uri))


def asked_too_much(asked: AuthorizationRequest) -> str:
    """Where the browser goes where nothing of what is asked can be offered."""
    return _with_issuer(InvalidScopeError(state=asked.state).in_uri(asked.redirect_uri))


@transaction.atomic
def token(request: HttpRequest) -> Answer:
    """Exchanges a code, or renews a token. What a refusal has ended stays ended."""
    validator = Validator(origin_of(request, DOOR))
    bearer = BearerToken(validator, _made_later, int(TOKEN_LIVES.total_seconds()))
    code, renewal = AuthorizationCodeGrant(validator), RefreshTokenGrant(validator)
    grants = {"authorization_code": code, "refresh_token": renewal}
    # Whom nothing else fits, the first one refuses.
    endpoint = TokenEndpoint("authorization_code", bearer, grants)
    return _answered(endpoint.create_token_response, request)


@transaction.atomic
def revocation(request: HttpRequest) -> Answer:
    """Ends a connection (RFC 7009)."""
    endpoint = RevocationEndpoint(Validator(origin_of(request, DOOR)))
    return _answered(endpoint.create_revocation_response, request)


def _made_later(request: Any) -> str:
    """Texts are made where they are stored, and put into the answer then."""
    return ""


def _authorization(request: HttpRequest) -> AuthorizationEndpoint:
    validator = Validator(origin_of(request, DOOR), request.user.pk)
    conditions = [usual_form, known_resource]
    grant = AuthorizationCodeGrant(validator, pre_auth=conditions)
    return AuthorizationEndpoint("code", BearerToken(validator), {"code": grant})


def _uri(request: HttpRequest) -> str:
    """The address that was asked for, in the hub's own name and spelt as oauthlib wants it."""
    query = _spelt(request.GET)
    return f"{issuer()}{request.path_info}" + (f"?{query}" if query else "")


def _spelt(fields: QueryDict) -> str:
    return urlencode([(name, value) for name, values in fields.lists() for value in values])


def _with_issuer(location: str) -> str:
    """With ``iss``, by which a client of several servers knows whose answer it has (RFC 9207)."""
    return add_params_to_uri(location, [("iss", issuer())])


def _answered(endpoint: Any, request: HttpRequest) -> Answer:
    # As text: of a list of pairs oauthlib forgets those that come twice.
    form = _spelt(request.POST)
    shown = request.META.get("HTTP_AUTHORIZATION")
    headers = {"Authorization": shown} if shown else {}
    try:
        told, body, status = endpoint(_uri(request), "POST", form, headers)
    except OAuth2Error as error:
        told, body, status = error.headers, error.json, error.status_code
    if status == 401:
        told = told | {"WWW-Authenticate": 'Basic realm="memory-hub"'}
    return status, told, body
