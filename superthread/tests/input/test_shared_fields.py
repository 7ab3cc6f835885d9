"""What checks input is made once for all requests, and keeps nothing of any of them."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from rest_framework.fields import Field

from superthread import limits
from superthread.serializers.memories import NewMemory

AT_ONCE, TIMES = 4, 25
LIST = "/superthread/memories?scope=all&limit={}"


@pytest.fixture
def quick_switches():
    """Threads take turns every few instructions."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_a_request_makes_no_fields_of_its_own(mina):
    assert mina.get(LIST.format(20)).status_code == 200
    made = Field._creation_counter
    # Another one: the first may be kept.
    assert mina.get(LIST.format(21)).status_code == 200
    # The serializer is one.
    assert Field._creation_counter - made <= 1


def test_metadata_that_are_checked_at_once_are_counted_apart(quick_switches):
    metadata = {f"key {number}": number for number in range(limits.METADATA_KEYS)}
    together = Barrier(AT_ONCE)

    def errors(_):
        together.wait()
        for _ in range(TIMES):
            checked = NewMemory(data={"content": "x", "metadata": metadata})
            if not checked.is_valid():
                return checked.errors
        return None

    with ThreadPoolExecutor(AT_ONCE) as threads:
        assert [*threads.map(errors, range(AT_ONCE))] == [None] * AT_ONCE
