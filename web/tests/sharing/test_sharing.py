"""Sharing by pages: roles, places, owners, and the answers to what is offered."""

import pytest

from memory_hub.accounts import services
from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services.blocks import blocked
from memory_hub.core.identity import OPERATOR
from superthread.models import Grant, Memory, Scope, Transfer
from testing.clients.browsing import Person, inside
from web.tests.saving import saved

MINA, JUN = "mina@example.com", "jun@example.com"
SURE = {"sure": "yes"}


@pytest.fixture
def mina(db):
    return inside(MINA)


@pytest.fixture
def jun(db):
    return inside(JUN)


def page_of(memory):
    return f"/memories/{memory.doc_id}/share"


def share(mina, memory, email=JUN, role="viewer"):
    return mina.send(page_of(memory), do="give", email=email, role=role)


def held(memory):
    return {one.email: one.get_role_display() for one in Grant.objects.filter(memory=memory)}


def test_a_role_is_offered_changed_and_taken_back(mina):
    memory = saved(mina, "The key is with Jun.")
    answer = share(mina, memory)
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(memory))
    assert held(memory) == {JUN: "viewer"}
    assert JUN in mina.text(page_of(memory))
    share(mina, memory, role="editor")
    assert held(memory) == {JUN: "editor"}
    mina.send(page_of(memory), do="take", email=JUN)
    assert held(memory) == {}


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"email": "nobody", "role": "viewer"}, 400, "This is not an e-mail address."),
        ({"email": JUN, "role": "king"}, 400, "A role is viewer, editor, admin or null."),
        ({"email": MINA, "role": "viewer"}, 409, "cannot be changed by a grant"),
    ],
)
def test_what_is_no_role_for_anybody_is_said_on_the_page(mina, fields, status, words):
    memory = saved(mina, "A note")
    answer = mina.send(page_of(memory), do="give", **fields)
    assert (answer.status_code, held(memory)) == (status, {})
    assert words in answer.content.decode()


def test_the_answer_is_the_same_for_an_address_without_an_account(mina, jun):
    memory = saved(mina, "A note")
    texts = []
    for email in (JUN, "nobody@example.com"):
        share(mina, memory, email)
        texts.append(mina.text(page_of(memory)).replace(email, "…"))
        mina.send(page_of(memory), do="take", email=email)
        mina.get(page_of(memory))
    assert masked(texts[0]) == masked(texts[1])


def masked(text):
    """A page without what is made anew for each."""
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_strangers_find_nothing_and_readers_change_nothing(mina, jun):
    memory = saved(mina, "A note")
    assert jun.get(page_of(memory)).status_code == 404
    assert share(jun, memory, "x@example.com").status_code == 404
    assert jun.get("/memories/not-an-id/share").status_code == 404
    share(mina, memory)
    text = jun.text(page_of(memory))
    assert "Leave this memory" in text
    assert 'value="give"' not in text
    for deed in ({"do": "give", "email": JUN, "role": "admin"}, {"do": "move", "place": "public"}):
        assert jun.send(page_of(memory), **deed, **SURE).status_code == 403
    assert jun.send(page_of(memory), do="offer", to=JUN, **SURE).status_code == 403
    assert held(memory) == {JUN: "viewer"}


def test_a_form_without_its_token_changes_nothing(mina):
    memory = saved(mina, "A note")
    answer = mina.post(page_of(memory), {"do": "give", "email": JUN, "role": "viewer"})
    assert (answer.status_code, held(memory)) == (403, {})


def test_nobody_shares_without_logging_in(mina):
    memory = saved(mina, "A note")
    stranger = Person()
    answer = stranger.send(page_of(memory), do="give", email=JUN, role="viewer")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")
    assert held(memory) == {}


def test_a_memory_is_made_public_only_by_who_has_read_what_that_means(mina):
    memory = saved(mina, "A note")
    answer = mina.send(page_of(memory), do="move", place="public")
    assert "Everybody who uses this hub" in answer.content.decode()
    assert Memory.objects.get().scope == Scope.PERSONAL
    mina.send(page_of(memory), do="move", place="public", **SURE)
    assert Memory.objects.get().scope == Scope.PUBLIC


def test_a_memory_goes_into_a_team_of_ones_own_and_no_other(mina):
    for key, email in (("alpha", MINA), ("beta", JUN)):
        services.place_member(key=key, email=email, role="member", by=OPERATOR)
    memory = saved(mina, "A note")
    answer = mina.send(page_of(memory), do="move", place="team/beta")
    assert answer.status_code == 400
    assert "You are in no team with this key." in answer.content.decode()
    mina.send(page_of(memory), do="move", place="team/alpha")
    assert Memory.objects.get().team.key == "alpha"


def test_shares_wait_apart_and_are_accepted_or_declined(mina, jun):
    kept, declined = saved(mina, "Kept"), saved(mina, "Declined")
    for memory in (kept, declined):
        share(mina, memory)
    text = jun.text("/shares")
    assert str(kept.doc_id) in text
    assert "Kept" not in text
    jun.send("/shares", do="accept", doc_id=kept.doc_id)
    jun.send("/shares", do="decline", doc_id=declined.doc_id)
    assert held(declined) == {}
    assert Grant.objects.get().accepted
    assert jun.send("/shares", do="accept", doc_id=declined.doc_id).status_code == 404


def test_who_is_blocked_offers_nothing_any_more_until_they_may_again(mina, jun):
    memory = saved(mina, "A note")
    share(mina, memory)
    jun.send("/shares", do="block", doc_id=memory.doc_id)
    share(mina, memory)
    assert str(memory.doc_id) not in jun.text("/shares")
    assert list(blocked(principal_of(jun.user, "session"))) == [MINA]
    jun.send("/shares", do="unblock", email=MINA)
    assert str(memory.doc_id) in jun.text("/shares")


def test_ownership_is_offered_withdrawn_and_taken(mina, jun):
    memory = saved(mina, "A note")
    asked = mina.send(page_of(memory), do="offer", to=JUN)
    assert "Whoever accepts this becomes the owner" in asked.content.decode()
    assert not Transfer.objects.exists()
    mina.send(page_of(memory), do="offer", to=JUN, **SURE)
    assert JUN in mina.text(page_of(memory))
    mina.send(page_of(memory), do="withdraw")
    assert not Transfer.objects.exists()
    mina.send(page_of(memory), do="offer", to=JUN, **SURE)
    assert str(memory.doc_id) in jun.text("/shares")
    jun.send("/shares", do="own", doc_id=memory.doc_id, **SURE)
    assert Memory.objects.get().owner == jun.user
    assert held(memory) == {MINA: "editor"}


def test_whoever_leaves_a_memory_has_no_role_any_more(mina, jun):
    memory = saved(mina, "A note")
    share(mina, memory)
    assert "Leave this memory?" in jun.send(page_of(memory), do="leave").content.decode()
    answer = jun.send(page_of(memory), do="leave", **SURE)
    assert answer.headers["Location"] == "/shares"
    assert jun.get(page_of(memory)).status_code == 404
