"""What tests of worker threads have in common."""

import threading

import pytest


@pytest.fixture
def release():
    """What units of work wait for; at the latest it comes when the test has ended."""
    event = threading.Event()
    yield event
    event.set()
