"""What the endpoints of clients take and answer, for the OpenAPI document. What comes in is read as
OAuth has it, with what is unknown left out of account."""

from rest_framework import serializers

from integrations.oauth.clients.described import GRANTS, METHODS


class TokenRequest(serializers.Serializer):
    EXAMPLE = {
        "grant_type": "authorization_code",
        "code": "dK3pWn0xQ…",
        "redirect_uri": "http://127.0.0.1:33418/callback",
        "client_id": "Yk5vZ1…",
        "code_verifier": "w8Rr3…",
    }

    grant_type = serializers.ChoiceField(GRANTS)
    client_id = serializers.CharField(required=False)
    client_secret = serializers.CharField(required=False)
    code = serializers.CharField(required=False)
    redirect_uri = serializers.CharField(required=False)
    code_verifier = serializers.CharField(required=False)
    refresh_token = serializers.CharField(required=False)
    scope = serializers.CharField(required=False)
    resource = serializers.CharField(required=False)


class TokenAnswer(serializers.Serializer):
    EXAMPLE = {
        "access_token": "mho_…",
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": "mhr_…",
        "scope": "memories:read memories:write",
    }

    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="seconds")
    refresh_token = serializers.CharField(help_text="good once")
    scope = serializers.CharField(help_text="what was allowed, which may be less than was asked")


class RevocationRequest(serializers.Serializer):
    EXAMPLE = {"token": "mho_…", "client_id": "Yk5vZ1…"}

    token = serializers.CharField()
    token_type_hint = serializers.CharField(required=False)
    client_id = serializers.CharField(required=False)
    client_secret = serializers.CharField(required=False)


class Refusal(serializers.Serializer):
    EXAMPLE = {"error": "invalid_grant"}

    error = serializers.CharField(help_text="a word of OAuth's")
    error_description = serializers.CharField(required=False)


class Keys(serializers.Serializer):
    EXAMPLE = {"keys": []}

    keys = serializers.ListField(child=serializers.DictField())


class Registration(serializers.Serializer):
    EXAMPLE = {
        "client_name": "My agent",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "token_endpoint_auth_method": "none",
    }

    redirect_uris = serializers.ListField(child=serializers.CharField())
    client_name = serializers.CharField(required=False)
    grant_types = serializers.ListField(child=serializers.CharField(), required=False)
    response_types = serializers.ListField(child=serializers.CharField(), required=False)
    token_endpoint_auth_method = serializers.ChoiceField(METHODS, required=False)
    application_type = serializers.CharField(required=False)
    scope = serializers.CharField(required=False)


class Registered(serializers.Serializer):
    EXAMPLE = {
        "client_id": "Yk5vZ1…",
        "client_id_issued_at": 1795862400,
        "client_name": "My agent",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "grant_types": list(GRANTS),
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }

    client_id = serializers.CharField()
    client_id_issued_at = serializers.IntegerField(help_text="seconds since 1970")
    client_name = serializers.CharField()
    redirect_uris = serializers.ListField(child=serializers.CharField())
    grant_types = serializers.ListField(child=serializers.CharField())
    response_types = serializers.ListField(child=serializers.CharField())
    token_endpoint_auth_method = serializers.CharField()
    client_secret = serializers.CharField(required=False, help_text="shown here only")
    client_secret_expires_at = serializers.IntegerField(required=False)
    scope = serializers.CharField(required=False)
