"""A request that is answered is gone: nothing of it waits for the garbage collector, whose pauses
would be as long as the requests under way are many."""

import pytest
from django.http import HttpRequest
from rest_framework.request import Request

from memory_hub.api.views import HubView
from memory_hub.core.errors import Conflict, HubError
from testing.garbage import left_to_the_collector

OURS = HubView | Request | HttpRequest | HubError
REQUESTS = [
    ("GET", "memories/{id}", 200),
    ("GET", "memories?limit=5", 200),
    ("GET", "memories?limit=0", 400),
    ("GET", "memories/nothing", 404),
    ("PATCH", "memories/{id}", 412),
    ("POST", "memories", 201),
]


@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
def test_an_answered_request_leaves_nothing_of_itself(mina, method, path, status):
    path = f"/superthread/{path.format(id=mina.save()['doc_id'])}"
    options = {"json": {"content": "x"}, "headers": {"If-Match": '"7"'}} if method != "GET" else {}
    with left_to_the_collector() as left:
        assert mina.request(method, path, **options).status_code == status
    assert [one for one in left if isinstance(one, OURS)] == []


def test_what_a_failed_view_held_is_let_go(mina, monkeypatch):
    """A variable that holds the exception makes a ring with its traceback."""

    def fail(*_arguments):
        error = Conflict("not now")
        raise error

    monkeypatch.setattr("superthread.views.memories.MemoryListView.get", fail)
    with left_to_the_collector() as left:
        assert mina.get("/superthread/memories").status_code == 409
    assert [one for one in left if isinstance(one, OURS)] == []
