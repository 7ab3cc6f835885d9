"""A client of each era, of an ordinary user with all scopes; a real hub, and clients of others."""

import subprocess

import pytest

from integrations.mcp.protocol.revisions import MODERN, NEWEST_HANDSHAKE
from integrations.mcp.tests.client import Mcp
from testing.clients.foreign import NODE_CLIENTS, PYTHON_SDK, from_npm, from_pypi

EMAIL, PASSWORD = "sora@example.com", "a long pass phrase 1"
ACCOUNT = f"""
from datetime import timedelta
from django.utils import timezone
from memory_hub.accounts.models import User
from memory_hub.accounts.scopes import personal_scopes
from memory_hub.accounts.services import create_token
from memory_hub.core.identity import OPERATOR

user = User.objects.create_user({EMAIL!r}, {PASSWORD!r})
until = timezone.now() + timedelta(days=1)
made = create_token(
    user_id=user.pk, name="drill", scopes=personal_scopes(), expires_at=until, by=OPERATOR
)
print(made[1])
"""


@pytest.fixture(params=[MODERN, NEWEST_HANDSHAKE])
def either(request, mina):
    """Of both eras, one after the other."""
    return Mcp(mina, request.param)


@pytest.fixture
def modern(mina):
    return Mcp(mina)


@pytest.fixture
def mcp(api):
    """``mcp("jun@example.com", scopes=[…])``: of somebody else, of the newest revision."""
    return lambda email, **options: Mcp(api(email, **options))


@pytest.fixture(scope="package")
def real_hub(nursery, tmp_path_factory):
    """A hub without limits that has a person with a password (EMAIL, PASSWORD) and, in
    ``real_hub.secret``, a token of theirs."""
    with nursery.hub(tmp_path_factory.mktemp("hub"), HUB_RATE_LIMIT="off") as made:
        made.secret = made.manage("shell", "--verbosity", "0", "-c", ACCOUNT)
        yield made


@pytest.fixture(scope="package")
def python_sdk(tmp_path_factory):
    """A Python that has PyPI's client, and nothing of the hub's."""
    return from_pypi(tmp_path_factory.mktemp("python"), PYTHON_SDK) / "python"


@pytest.fixture(scope="package")
def node(tmp_path_factory):
    """``node.run(script, *arguments)`` runs a script of ``node.place``, where npm's clients are, by
    Node 22."""
    return Node(tmp_path_factory.mktemp("node"))


class Node:
    """npm's clients in the directory ``place``, and a Node for all of them."""

    def __init__(self, place):
        self.place = place
        self.program = from_npm(place, *NODE_CLIENTS) / "node/bin/node"

    def run(self, script, *arguments):
        command = [self.program, self.place / script, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=self.place)
