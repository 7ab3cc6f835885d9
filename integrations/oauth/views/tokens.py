"""The endpoints of programs: what is exchanged for a token, and what ends one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.parsers import FormParser
from rest_framework.request import Request

from integrations.oauth import serializers
from integrations.oauth.issuer import issuer
from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView


class ClientView(HubView):
    """Asked by clients, which show who they are as OAuth has it. Refusals that the standard has a
    word for are told in its words."""

    public = ("POST", "GET")
    reads = ("POST",)
    parser_classes = [FormParser]


class TokenView(ClientView):
    @extend_schema(
        operation_id="oauth_token",
        request=serializers.TokenRequest,
        responses={200: serializers.TokenAnswer, 400: serializers.Refusal},
    )
    def post(self, request: Request) -> HttpResponse:
        """Exchanges a code for a token, or renews one: what renewed it is good no more, and who
        shows it again ends the connection."""
        from integrations.oauth import protocol

        return _answer(protocol.token, request._request)


class RevokeView(ClientView):
    @extend_schema(
        operation_id="oauth_revoke",
        request=serializers.RevocationRequest,
        responses={200: None, 400: serializers.Refusal},
    )
    def post(self, request: Request) -> HttpResponse:
        """Ends a client's connection by its token, or by what renews it. For what is none, the
        answer is the same."""
        from integrations.oauth import protocol

        return _answer(protocol.revocation, request._request)


class KeysView(ClientView):
    @extend_schema(operation_id="oauth_keys", responses=serializers.Keys)
    def get(self, request: Request) -> dict[str, Any]:
        """The keys that ID tokens are signed with: none, for there are no ID tokens."""
        issuer()
        return {"keys": []}


def _answer(make: Any, request: HttpRequest) -> HttpResponse:
    issuer()
    status, headers, body = make(request)
    answer = HttpResponse(body, "application/json", status)
    for name, value in ({"Cache-Control": "no-store"} | headers).items():
        answer.headers[name] = value
    return answer
