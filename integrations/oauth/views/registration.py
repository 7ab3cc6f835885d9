"""The endpoint at which clients register."""

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from integrations.oauth import serializers
from integrations.oauth.clients.described import BadDescription
from integrations.oauth.clients.registration import register
from integrations.oauth.issuer import issuer
from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.core.errors import JsonAnswer


class RegisterView(HubView):
    public = reads = ("POST",)

    @extend_schema(
        operation_id="oauth_register",
        request=serializers.Registration,
        responses={201: serializers.Registered, 400: serializers.Refusal},
    )
    def post(self, request: Request) -> HttpResponse:
        """Makes a client known (RFC 7591); what is not for this hub is left out. One that nobody
        has let in within a day is forgotten."""
        issuer()
        try:
            told = register(_said(request._request.body))
        except BadDescription as error:
            refusal = {"error": error.code, "error_description": str(error)}
            return JsonAnswer(refusal, 400, {"Cache-Control": "no-store"})
        return JsonAnswer(told, 201, {"Cache-Control": "no-store"})


def _said(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadDescription("The body must be JSON.") from None
    if not isinstance(said, dict):
        raise BadDescription("The body must be a JSON object.")
    return said
