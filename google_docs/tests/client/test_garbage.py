"""A call that Google failed is gone with its answer: many at once, each with its frames and
tracebacks, would have the garbage collector stop everybody else for as long as they are many."""

from types import FrameType, TracebackType

import pytest

from google_docs.errors import GoogleDocsError
from memory_hub.api.views import HubView
from testing.garbage import left_to_the_collector
from testing.google import Fault

RINGS = FrameType | TracebackType | GoogleDocsError | HubView


@pytest.mark.drill
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault("rst"), 502),
        (Fault("slow", seconds=1), 504),
        (Fault.drive(500, "internalError"), 502),
        (Fault.drive(404, "notFound"), 404),
    ],
    ids=repr,
)
def test_a_failed_call_leaves_nothing_of_itself(docs, double, configure, fault, status):
    configure(root=double.root, timeout=0.3, deadline=0.5, tries=2)
    doc_id = docs.save()["doc_id"]
    docs.get("memories")
    double.faults.plan = lambda method: fault if method.endswith(".get") else None
    with left_to_the_collector() as left:
        assert docs.get(f"memories/{doc_id}").status_code == status
    assert [one for one in left if isinstance(one, RINGS)] == []
