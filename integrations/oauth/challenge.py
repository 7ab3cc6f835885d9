"""What a refusal tells a client beside the problem: where it learns who could let it in (RFC 9728
§5.1), and which scope it lacks (RFC 6750 §3.1)."""

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from integrations.oauth.issuer import why_off
from integrations.oauth.resources import metadata_address, resource_of
from memory_hub.accounts.scopes import delegable_scopes
from memory_hub.core import credentials

ASKED = "Bearer realm="


class ChallengeMiddleware(MiddlewareMixin):
    """Of the API's middleware: adds to 401, and to 403 for want of a scope."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code == 401:
            told = response.headers.get("WWW-Authenticate", "")
            wrong = ', error="invalid_token"' if credentials.of(request).anything else ""
            _add(request, response, f"{told}{wrong}")
        elif response.status_code == 403 and not response.has_header("WWW-Authenticate"):
            scope = _lacking(response)
            if scope in delegable_scopes():
                told = f'Bearer realm="memory-hub", error="insufficient_scope", scope="{scope}"'
                _add(request, response, told)
        return response


def _add(request: HttpRequest, response: HttpResponse, told: str) -> None:
    if told.startswith(ASKED) and not why_off():
        address = metadata_address(resource_of(request.path_info))
        response.headers["WWW-Authenticate"] = f'{told}, resource_metadata="{address}"'


def _lacking(response: HttpResponse) -> str:
    """The scope that a problem says is needed; empty for any other answer."""
    if response.headers.get("Content-Type") != "application/problem+json":
        return ""
    said = orjson.loads(response.content)
    return said.get("scope", "") if said.get("code") == "missing-scope" else ""
