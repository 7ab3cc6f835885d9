"""A fresh double per test, the client against it, and a loop that both live in."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from google_docs.backend import forget_backend
from google_docs.client import credentials
from google_docs.client.calls import Calls
from google_docs.client.quota import Buckets
from google_docs.client.retry import Policy
from google_docs.client.transport import Transport
from google_docs.config import DRIVE_FILE, Config, QuotaLimits
from testing.google import Double
from testing.google.oauth import TRY_OUT_TOKEN

AMPLE = QuotaLimits(drive=1e9, docs_reads=1e9, docs_writes=1e9)
QUICK = Policy(base=0.002, cap=0.01, deadline=10)


@pytest.fixture
def double() -> Iterator[Double]:
    """Whatever it had to refuse or does not model fails the test that asked for it."""
    double = Double().start()
    double.world.permission_race = 0.001
    yield double
    double.stop()
    assert double.violations == []


@pytest.fixture
def run() -> Iterator[Callable[[Any], Any]]:
    """Runs a coroutine to its end, all of a test's in one loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def transport(double: Double) -> Iterator[Transport]:
    transport = Transport(root=double.root, timeout=2.0)
    yield transport
    transport.close()


def user_credentials(double: Double, refresh_token: str = TRY_OUT_TOKEN) -> Any:
    return credentials.of_user(
        refresh_token,
        client_id="hub",
        client_secret="secret",
        token_uri=double.root + "token",
        scopes=[DRIVE_FILE],
    )


@pytest.fixture
def calls(double: Double, transport: Transport) -> Calls:
    return Calls(
        transport,
        user_credentials(double),
        identity="double",
        buckets=Buckets(AMPLE),
        policy=QUICK,
    )


@pytest.fixture
def configure(settings: Any) -> Iterator[Callable[..., Config]]:
    """`configure(root=double.root, …)`: the hub with these GOOGLE_* settings from now on."""

    def use(**fields: Any) -> Config:
        forget_backend()
        quick = {"retry_base": 0.002, "timeout": 2.0, "deadline": 10.0, "limits": AMPLE}
        settings.GOOGLE_DOCS = Config(**(quick | fields))
        return settings.GOOGLE_DOCS

    yield use
    forget_backend()


@pytest.fixture
def docs(double: Double, configure: Any, api: Any) -> "DocsClient":
    """Mina's client of a hub whose Google is the double, one account for everybody."""
    configure(root=double.root)
    return DocsClient(api("mina@example.com"))


class DocsClient:
    """The store over HTTP, with the paths spared."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        call = getattr(self.client, verb)
        return lambda path, **options: call(f"/google-docs/{path}", **options)

    def save(self, content: str = "Jun has the key.", **fields: Any) -> dict[str, Any]:
        """Saves a memory and returns it."""
        answer = self.post("memories", json={"content": content, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def read(self, doc_id: str) -> dict[str, Any]:
        answer = self.get(f"memories/{doc_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def hub(double, configure, api):
    """A hub where accounts are connected; its double consents as person@example.com."""
    from google_docs.tests.access.test_who_may import OAUTH

    configure(root=double.root, **OAUTH)
    double.oauth.clients["hub"] = "hub-secret"
    return api
