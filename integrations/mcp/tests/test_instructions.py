"""What models are told of the hub: its own words, or those of staff."""

import pytest

from integrations.mcp import instructing
from integrations.mcp.models import Instructions
from integrations.mcp.tests.client import older
from testing.clients.admin_site import Browser
from testing.journaling import journaling

PAGE = "/admin/mcp/instructions"


@pytest.fixture(autouse=True)
def read_anew():
    instructing.forget()
    yield
    instructing.forget()


def told(client):
    return client.result("server/discover")["instructions"]


def test_staff_say_it_in_their_own_words_and_take_that_back(modern):
    own = told(modern)
    root = Browser()
    with journaling() as entries:
        root.send(f"{PAGE}/add/", text="Save decisions under decisions/.")
    assert [(one.kind, one.via) for one in entries] == [("instructions.updated", "admin")]
    assert told(modern) == "Save decisions under decisions/."
    assert older(modern.api).result("initialize")["instructions"] == told(modern)
    row = Instructions.objects.get()
    root.send(f"{PAGE}/{row.pk}/change/", text="Be brief.")
    assert told(modern) == "Be brief."
    with journaling() as entries:
        root.send(f"{PAGE}/{row.pk}/delete/", post="yes")
    assert [one.kind for one in entries] == ["instructions.reset"]
    assert told(modern) == own


def test_they_are_one_row_of_a_bounded_length(db):
    root = Browser()
    root.send(f"{PAGE}/add/", text="x" * 8_001)
    assert not Instructions.objects.exists()
    root.send(f"{PAGE}/add/", text="one")
    root.send(f"{PAGE}/add/", text="two")
    assert [row.text for row in Instructions.objects.all()] == ["one"]
