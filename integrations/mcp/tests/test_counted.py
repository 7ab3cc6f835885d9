"""Reads of shared memories and refusals count at this door as at any other."""

import pytest

from memory_hub.journal import accesses
from memory_hub.journal.models import Access

pytestmark = pytest.mark.usefixtures("nothing_counted")


def counted(client):
    accesses.flush()
    return {one.kind: one.count for one in Access.objects.filter(actor_id=client.api.user.pk)}


def test_reads_of_what_is_anothers_are_counted_by_how_much_was_shown(modern, mcp):
    saved = modern.told("save_memory", content="Jun has the key.", scope="public")
    modern.told("get_memory", id=saved["id"])
    jun = mcp("jun@example.com")
    jun.told("get_memory", id=saved["id"])
    jun.told("list_memories")
    jun.told("search_memories", query="key")
    assert counted(jun) == {"read.whole": 1, "read.part": 2}
    assert counted(modern) == {}


def test_refusals_are_counted_whether_they_are_told_to_the_model_or_not(mcp, nobody):
    jun = mcp("jun@example.com", scopes=["memories:read"])
    jun.error("get_memory", id="nothing")
    jun.error("save_memory", content="x")
    jun.post("resources/read", {"uri": "memory://id/nothing"})
    jun.post("prompts/get", {"name": "nothing"})
    assert counted(jun) == {"refused.404": 3, "refused.403": 1}
    nobody.post("/mcp", json={})
    accesses.flush()
    (row,) = Access.objects.filter(actor_id=0)
    assert (row.kind, row.route) == ("refused.401", "/mcp")
