"""The consent page, the token endpoint and the revocation endpoint."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from google.auth import jwt

from testing.google.world import Caller, World

TTL = 3600
# A refresh token that always works, for trying the hub.
TRY_OUT_TOKEN = "1//double-try-out"


@dataclass
class OAuth:
    """OAuth 2 as Google does it, for the clients and service accounts that were registered."""

    world: World
    clients: dict[str, str] = field(default_factory=dict)  # id -> secret
    service_keys: dict[str, str] = field(default_factory=dict)  # e-mail -> public certificate
    delegated: bool = True
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    refreshes: int = 0
    revoked: list[str] = field(default_factory=list)
    consenting: str = "person@example.com"  # who clicks "Allow"
    # The scopes that were ticked, where not all that were asked for.
    granted: str | None = None
    testing_ends_in: int | None = None  # seconds: a consent screen in testing
    # Whether a refresh token is exchanged when it is used.
    rotates: bool = False
    rotated: list[str] = field(default_factory=list)
    # How often the token endpoint was asked, whatever it answered.
    asked: int = 0

    def consent(self, params: dict[str, str]) -> str:
        """What the page answers once the person agreed: the address to go back to."""
        code = "4/" + secrets.token_urlsafe(24)
        self.codes[code] = {**params, "email": self.consenting}
        back = {"code": code, "state": params.get("state", ""), "scope": params["scope"]}
        return f"{params['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._exchange(form)
        if kind == "refresh_token":
            return self._refresh(form)
        if kind == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return self._assertion(form)
        return 400, {"error": "unsupported_grant_type"}

    def _client_ok(self, form: dict[str, str]) -> bool:
        client = form.get("client_id", "")
        return client in self.clients and self.clients[client] == form.get("client_secret")

    def _exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant", "error_description": "Bad Request"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked.get("code_challenge") != challenge:
            return 400, {"error": "invalid_grant", "error_description": "Invalid code verifier."}
        if not self._client_ok(form):
            return 401, {"error": "invalid_client"}
        scope = self.granted or asked["scope"]
        caller = self._caller(asked["email"], form["client_id"], scope)
        answer = self._grant(caller)
        if self.testing_ends_in is not None:
            answer["refresh_token_expires_in"] = self.testing_ends_in
        if asked.get("access_type") == "offline":
            answer["refresh_token"] = "1//" + secrets.token_urlsafe(40)
            self.world.refresh_tokens[answer["refresh_token"]] = caller
        return 200, answer

    def _refresh(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.refreshes += 1
        token = form.get("refresh_token", "")
        if token == TRY_OUT_TOKEN:
            scope = "https://www.googleapis.com/auth/drive.file"
            return 200, self._grant(self._caller("double@example.com", "hub", scope))
        caller = self.world.refresh_tokens.get(token)
        if caller is None:
            return 400, {
                "error": "invalid_grant",
                "error_description": "Token has been expired or revoked.",
            }
        if not self._client_ok(form):
            return 401, {"error": "invalid_client"}
        answer = self._grant(caller)
        if self.rotates:
            self.rotated.append("1//rotated-" + secrets.token_urlsafe(8))
            answer["refresh_token"] = self.rotated[-1]
            self.world.refresh_tokens[self.rotated[-1]] = caller
        return 200, answer

    def _assertion(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.refreshes += 1
        try:
            issuer = _unverified(form["assertion"])["iss"]
            claims = jwt.decode(form["assertion"], certs=self.service_keys[issuer], audience=None)
        except (ValueError, KeyError) as error:
            return 400, {"error": "invalid_grant", "error_description": str(error)}
        subject = claims.get("sub", claims["iss"])
        if subject != claims["iss"] and not self.delegated:
            return 401, {"error": "unauthorized_client"}
        return 200, self._grant(self._caller(subject, claims["iss"], claims["scope"]))

    def _caller(self, email: str, app: str, scope: str) -> Caller:
        return Caller(self.world.account(email), app, frozenset(scope.split()))

    def _grant(self, caller: Caller) -> dict[str, Any]:
        scope = " ".join(sorted(caller.scopes))
        token = self.world.token(caller.account.email, caller.app, scope, ttl=TTL)
        return {"access_token": token, "expires_in": TTL, "scope": scope, "token_type": "Bearer"}

    def revoke(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        token = form.get("token", "")
        self.revoked.append(token)
        caller = self.world.refresh_tokens.pop(token, None)
        if caller is None:
            return 400, {"error": "invalid_token"}
        for access, (holder, _expiry) in list(self.world.access_tokens.items()):
            if holder == caller:
                del self.world.access_tokens[access]
        return 200, {}


def _unverified(assertion: str) -> dict[str, Any]:
    payload = assertion.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
