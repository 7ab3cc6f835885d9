"""Real processes: a hub with two workers, and the double on its own."""

import re
import signal
import subprocess
import sys

import httpx
import pytest

from testing.google import Fault

# Long enough to hang for the whole test, short enough to stop the hub soon after.
SHORT = {"GOOGLE_DOCS_TIMEOUT": "4s", "GOOGLE_DOCS_DEADLINE": "8s"}


@pytest.fixture
def standalone():
    """`python -m testing.google` and its address."""
    command = [sys.executable, "-m", "testing.google", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        root = re.fullmatch(r"GOOGLE_API_ROOT=(http://127\.0\.0\.1:\d+/)\n", line)[1]
        yield root
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0  # no violation


@pytest.mark.drill
def test_a_hub_is_tried_against_the_double_with_one_variable(standalone, new_hub):
    """And with two workers everybody reads what was written last, whichever wrote it."""
    hub = new_hub(workers=2, GOOGLE_API_ROOT=standalone)
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    path = f"{hub.url}/google-docs/memories"
    saved = httpx.post(path, json={"content": "text 0"}, headers=headers)
    assert saved.status_code == 201
    one = f"{path}/{saved.json()['doc_id']}"
    for turn in range(1, 6):
        # Each on a connection of its own: either worker may answer.
        for _ in range(4):
            assert httpx.get(one, headers=headers).json()["content"] == f"text {turn - 1}"
        assert httpx.patch(one, json={"content": f"text {turn}"}, headers=headers).is_success
        for _ in range(4):
            assert httpx.get(one, headers=headers).json()["content"] == f"text {turn}"


@pytest.mark.drill
def test_a_hanging_google_leaves_the_rest_of_the_hub_alone(double, new_hub):
    """More callers wait for Google than the hub has threads, and memories are served."""
    hub = new_hub(workers=1, GOOGLE_API_ROOT=double.root, **SHORT)
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    asked = {"Authorization": headers["Authorization"], "Connection": "close"}
    double.faults.plan = lambda method_id: Fault("slow", seconds=3600)
    with httpx.Client(base_url=hub.url, headers=headers, timeout=30) as client:
        waiting = []
        for _ in range(60):
            stream = httpx.Client(base_url=hub.url, headers=asked, timeout=0.05)
            waiting.append(stream)
            with pytest.raises(httpx.TimeoutException):
                stream.get("/google-docs/memories/" + "1" * 44)
        for _ in range(20):
            assert client.get("/superthread/memories").status_code == 200
        # Those that still wait in the hub's queue need not hang as well.
        double.faults.plan = lambda method_id: None
        for stream in waiting:
            stream.close()
