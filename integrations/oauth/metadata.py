"""What clients read before they ask: who lets them in, at which addresses, and to what."""

from typing import Any

from integrations.oauth.clients.described import GRANTS, METHODS
from integrations.oauth.issuer import issuer
from integrations.oauth.resources import resources
from memory_hub.accounts.scopes import default_scopes, delegable_scopes
from memory_hub.core.errors import NotFound


def authorization_server() -> dict[str, Any]:
    """Of the authorization server (RFC 8414 §2). Raises NotFound where there is none."""
    here = issuer()
    return {
        "issuer": here,
        "authorization_endpoint": f"{here}/oauth/authorize",
        "token_endpoint": f"{here}/oauth/token",
        "registration_endpoint": f"{here}/oauth/register",
        "revocation_endpoint": f"{here}/oauth/revoke",
        "scopes_supported": list(delegable_scopes()),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": True,
        "ui_locales_supported": ["en", "ko"],
        "protected_resources": list(resources().values()),
    }


def openid_configuration() -> dict[str, Any]:
    """The same where clients look for a provider of OpenID Connect, with the members that such a
    document must have. The hub is none: it gives no ID tokens, and signs with no keys."""
    return authorization_server() | {
        "jwks_uri": f"{issuer()}/oauth/keys",
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [],
    }


def protected_resource(path: str) -> dict[str, Any]:
    """Of the resource with this path of the hub (RFC 9728 §2): the scopes are what a client needs
    for a start. Raises NotFound for what is no resource of its own."""
    known = resources()
    if path not in known:
        raise NotFound("There is no such resource.")
    return {
        "resource": known[path],
        "authorization_servers": [issuer()],
        "scopes_supported": list(default_scopes()),
        "bearer_methods_supported": ["header"],
        "resource_name": "Memory Hub",
    }
