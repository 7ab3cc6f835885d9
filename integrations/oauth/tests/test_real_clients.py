"""The clients there are, unmodified, from the first refusal to a token that was renewed."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from testing.clients.foreign import NODE_CLIENTS, PYTHON_SDK, from_npm, from_pypi
from testing.servers.https_host import HttpsHost

DRILL = Path(__file__).with_name("drill")
EMAIL, PASSWORD = "mina@example.com", "a long pass phrase 1"
ACCOUNT = f"""
from memory_hub.accounts.models import User

User.objects.create_user({EMAIL!r}, {PASSWORD!r})
"""
START = "memories:read memories:write"

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def https_host(tmp_path_factory):
    with HttpsHost(tmp_path_factory.mktemp("https")).listening() as made:
        yield made


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory, https_host):
    made = nursery.hub(
        tmp_path_factory.mktemp("hub"),
        application="integrations.oauth.tests.drill.hub:application",
        DRILL_CERTIFICATE=str(https_host.certificate),
    )
    with made:
        made.manage("shell", "--verbosity", "0", "-c", ACCOUNT)
        yield made


@pytest.fixture(scope="module")
def python_sdk(tmp_path_factory):
    """A Python that has the library, and nothing of the hub's."""
    programs = from_pypi(tmp_path_factory.mktemp("python"), PYTHON_SDK)
    return [programs / "python", DRILL / "python_sdk.py"]


@pytest.fixture(scope="module")
def node_sdk(tmp_path_factory):
    """A Node that has the library."""
    directory = tmp_path_factory.mktemp("node")
    from_npm(directory, *NODE_CLIENTS)
    return ["node", shutil.copy(DRILL / "node_sdk.mjs", directory)]


def run(client, hub, *more):
    """What a client prints of its way in."""
    done = subprocess.run(
        [*client, hub.url, EMAIL, PASSWORD, *more], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("known_by", ["registration", "document"])
def test_the_python_sdk_is_let_in_finds_that_it_needs_more_and_renews(
    hub, python_sdk, https_host, known_by
):
    document = https_host.document("/python.json") if known_by == "document" else None
    seen = run(python_sdk, hub, *[document] * bool(document))
    assert seen["client_id"] == document or not document
    del seen["client_id"]
    assert seen == {
        "first": 200,
        "scope": START,
        "saved": 201,
        "shared": 200,
        "new": ["memories:share"],
        "more": f"{START} memories:share",
        "after": 200,
        "renewed": True,
        "asked_again": False,
        "old": 401,
    }


@pytest.mark.parametrize("known_by", ["registration", "document"])
def test_the_node_sdk_is_let_in_and_renews(hub, node_sdk, https_host, known_by):
    document = https_host.document("/node.json") if known_by == "document" else None
    seen = run(node_sdk, hub, *[document] * bool(document))
    assert seen["client_id"] == document or not document
    del seen["client_id"]
    assert seen == {
        "refused": 401,
        "begun": "REDIRECT",
        "iss": hub.url,
        "ended": "AUTHORIZED",
        "scope": START,
        "first": 200,
        "again": "AUTHORIZED",
        "renewed": True,
        "after": 200,
    }
