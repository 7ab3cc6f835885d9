"""The two sides of letting a client in, as tests need them."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from django.test import Client as DjangoClient

from testing.clients.in_process import Client

HUB = "https://hub.example.com"
BACK = "http://127.0.0.1:33418/callback"
# What is told of a code, or of what renews, that is good for nothing.
GRANT = {"error": "invalid_grant"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|made_for)" value="([^"]+)"')


class Person:
    """Somebody at a browser with a session; ``client`` has their account and the way in."""

    def __init__(self, client: Client) -> None:
        self.user, self.client = client.user, Client(user=client.user, threads=client.threads)
        browser = DjangoClient()
        browser.force_login(self.user)
        session = browser.cookies["sessionid"].value
        self.client.headers["Cookie"] = f"sessionid={session}; csrftoken={'a' * 32}"

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def post(self, path: str, fields: Any, **options: Any) -> httpx.Response:
        """Sends a form as it is; ``send`` fills in what a page hides in it."""
        headers = FORM | options.pop("headers", {})
        content = urlencode(fields, doseq=True)
        return self.client.post(path, content=content, headers=headers, **options)

    def send(self, page: httpx.Response, path: str, **fields: Any) -> httpx.Response:
        """Sends the form of a page."""
        return self.post(path, {**dict(_HIDDEN.findall(page.text)), **fields})

    def allows(self, path: str, **fields: Any) -> httpx.Response:
        """Says yes to what a client asks for at this path."""
        page = self.get(path)
        assert page.status_code == 200, (page.status_code, page.headers, page.text)
        offered = re.findall(r'name="scope" value="([^"]+)"', page.text)
        form = {"answer": "allow", "memories": "everything", "scope": offered, **fields}
        return self.send(page, path, **form)


class Agent:
    """A client of the hub's; what it knows and remembers."""

    def __init__(self, way_in: Client, back: str = BACK) -> None:
        self.way_in, self.back = way_in, back
        self.client_id = self.secret = ""
        self.verifier, self.state = secrets.token_urlsafe(48), secrets.token_urlsafe(8)
        self.told: dict[str, Any] = {}

    def registered(self, **metadata: Any) -> Self:
        answer = self.way_in.post("/oauth/register", json=described(self.back, **metadata))
        assert answer.status_code == 201, answer.text
        self.client_id = answer.json()["client_id"]
        self.secret = answer.json().get("client_secret", "")
        return self

    @property
    def challenge(self) -> str:
        hashed = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(hashed).decode().rstrip("=")

    def question(self, **changes: Any) -> str:
        """The path, with its query, to which it sends the person's browser; None leaves out."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "scope": "memories:read memories:write",
            "state": self.state,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "resource": HUB,
        } | changes
        given = {name: value for name, value in query.items() if value is not None}
        return f"/oauth/authorize?{urlencode(given, doseq=True)}"

    def exchange(self, code: str, **changes: Any) -> httpx.Response:
        """Asks for a token with a code."""
        return self.ask(
            grant_type="authorization_code",
            code=code,
            **{"redirect_uri": self.back, "code_verifier": self.verifier, **changes},
        )

    def refresh(self, renewal: str, **changes: Any) -> httpx.Response:
        """Asks for another token."""
        return self.ask(grant_type="refresh_token", refresh_token=renewal, **changes)

    def ask(self, path: str = "/oauth/token", **fields: Any) -> httpx.Response:
        """Sends a form to an endpoint of clients."""
        shown = {"client_id": self.client_id} | (
            {"client_secret": self.secret} if self.secret else {}
        )
        form = {name: value for name, value in {**shown, **fields}.items() if value is not None}
        return self.way_in.post(
            path,
            content=urlencode(form, doseq=True),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    def let_in(self, person: Person, **changes: Any) -> dict[str, Any]:
        """The whole way; what the token endpoint answers."""
        fields = {name: changes.pop(name) for name in ("memories", "team") if name in changes}
        sent = person.allows(self.question(**changes), **fields)
        answer = self.exchange(sent_back(sent)["code"])
        assert answer.status_code == 200, answer.text
        self.told = answer.json()
        return self.told

    def using(self, token: str | None = None) -> Client:
        """A client of the API with its token."""
        return Client(token or self.told["access_token"], threads=self.way_in.threads)


def described(back: str, **metadata: Any) -> dict[str, Any]:
    """What a program on somebody's machine says of itself."""
    return {
        "redirect_uris": [back],
        "client_name": "An agent",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "application_type": "native",
    } | metadata


def sent_back(answer: httpx.Response) -> dict[str, str]:
    """What a redirect tells the client."""
    assert answer.status_code == 303, (answer.status_code, answer.text)
    told = parse_qs(urlsplit(answer.headers["Location"]).query, strict_parsing=True)
    assert all(len(values) == 1 for values in told.values())
    return {name: values[0] for name, values in told.items()}
