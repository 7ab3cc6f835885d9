"""How callers show who they are, in the OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

_SPELLINGS = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "mh_…",
        "description": "`Authorization: Token mh_…` is the same.",
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "The password is a token of the hub; the user name may be anything.",
    },
    "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "memory_hub.accounts.authentication.TokenAuthentication"
    name = list(_SPELLINGS)

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        return list(_SPELLINGS.values())

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[str]]]:
        """Any one of them."""
        return [{name: []} for name in _SPELLINGS]


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "memory_hub.accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
