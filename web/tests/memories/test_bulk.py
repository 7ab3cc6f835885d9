"""Many memories at once: moved, filed, tagged and deleted, each judged by itself, and undone."""

import html
import re

import pytest

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, Scope
from testing.clients.browsing import inside
from web.tests.saving import saved

MINA, JUN = "mina@example.com", "jun@example.com"
BULK = "/memories/bulk"


@pytest.fixture
def mina(db):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    return inside(MINA)


@pytest.fixture
def notes(mina):
    return [saved(mina, f"Note {number}", path=f"notes/{number}.md") for number in range(3)]


def do(mina, notes, what, **fields):
    """The page that tells of it."""
    answer = mina.send(BULK, do=what, id=[str(one.doc_id) for one in notes], **fields)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def undo(mina, text):
    told = html.unescape(re.search(r'name="undo" value="([^"]*)"', text)[1])
    return mina.send(BULK, do="undo", undo=told).content.decode()


def state(name="path"):
    return list(Memory.objects.order_by("pk").values_list(name, flat=True))


def test_the_list_lets_choose_what_one_may_change(mina, notes):
    theirs = saved(inside(JUN), "Public of Jun", scope="public")
    text = mina.text("/memories?scope=public") + mina.text("/memories")
    for one in notes:
        assert f'name="id" value="{one.doc_id}" form="selected"' in text
    assert str(theirs.doc_id) in text
    assert f'value="{theirs.doc_id}" form="selected"' not in text


def test_a_selection_is_shown_with_what_can_be_done(mina, notes):
    text = mina.send(BULK, id=[str(one.doc_id) for one in notes]).content.decode()
    for one in notes:
        assert f'name="id" value="{one.doc_id}"' in text
    assert 'value="team/alpha"' in text
    assert "Nothing is selected." in mina.send(BULK).content.decode()
    assert mina.get(BULK).headers["Location"] == "/memories"


@pytest.mark.parametrize(
    ("what", "fields", "column", "before", "after"),
    [
        ("move", {"place": "team/alpha"}, "scope", [Scope.PERSONAL] * 3, [Scope.TEAM] * 3),
        (
            "file",
            {"folder": "/plans/"},
            "path",
            [f"notes/{n}.md" for n in range(3)],
            [f"plans/{n}.md" for n in range(3)],
        ),
        ("category", {"category": "ideas"}, "category", ["default"] * 3, ["ideas"] * 3),
        ("tag", {"tags": "#a, b"}, "metadata", [{}] * 3, [{"tags": ["a", "b"]}] * 3),
    ],
)
def test_what_is_done_to_all_is_undone_for_all(mina, notes, what, fields, column, before, after):
    assert state(column) == before
    text = do(mina, notes, what, **fields)
    assert "Carried out for 3." in text
    assert state(column) == after
    assert "Carried out for 3." in undo(mina, text)
    assert state(column) == before


def test_tags_are_added_once_and_taken_away(mina, notes):
    do(mina, notes[:1], "tag", tags="a")
    do(mina, notes, "tag", tags="a, b")
    assert state("metadata") == [{"tags": ["a", "b"]}] * 3
    do(mina, notes, "untag", tags="b, a")
    assert state("metadata") == [{}] * 3


def test_what_somebody_changed_meanwhile_is_not_undone(mina, notes):
    text = do(mina, notes, "category", category="ideas")
    do(mina, notes[:1], "category", category="plans")
    told = undo(mina, text)
    assert "Carried out for 2." in told
    assert "Note 0" in told
    assert state("category") == ["plans", "default", "default"]


def test_memories_of_others_are_refused_and_harm_none_of_ones_own(mina, notes):
    theirs = saved(inside(JUN), "Not for Mina")
    text = do(mina, [*notes, theirs], "delete")
    assert "Carried out for 3." in text
    assert "Refused for 1:" in text
    assert "Not for Mina" not in text
    theirs.refresh_from_db()
    assert theirs.deleted_at is None
    assert Memory.objects.filter(deleted_at=None).count() == 1
    assert "Carried out for 3." in undo(mina, text)
    assert not Memory.objects.exclude(deleted_at=None).exists()


def test_what_is_no_memory_and_no_field_is_refused_in_words(mina, notes):
    text = mina.send(BULK, do="delete", id=["nothing", str(notes[0].doc_id)]).content.decode()
    assert "Refused for 1:" in text
    assert mina.send(BULK, do="tag", id=str(notes[1].doc_id), tags=" , ").status_code == 400
    text = do(mina, notes[1:], "file", folder="a/../b")
    assert "Refused for 2:" in text
    assert mina.send(BULK, do="delete", id=[str(n) for n in range(901)]).status_code == 400
    for broken in ("", "{", "[1]", '[{"doc_id": 7}]', '[{"doc_id": "x", "scope": "king"}]'):
        assert mina.send(BULK, do="undo", undo=broken).status_code == 200
    assert state("metadata") == [{}] * 3


def test_many_are_made_public_only_after_asking(mina, notes):
    assert "Make 3 memories public?" in do(mina, notes, "move", place="public")
    assert state("scope") == [Scope.PERSONAL] * 3
    do(mina, notes, "move", place="public", sure="yes")
    assert state("scope") == [Scope.PUBLIC] * 3


def test_parts_are_answered_to_the_script_and_told_with_the_last(mina, notes):
    ids = [str(one.doc_id) for one in notes]
    form = {"do": "delete", "id": ids[:2], "csrfmiddlewaretoken": mina.cookies["csrftoken"].value}
    part = mina.post(BULK, form, headers={"Accept": "application/json"})
    told = part.json()
    assert (told["count"], told["refused"]) == (2, [])
    text = do(mina, notes[2:], "delete", before=part.content.decode())
    assert "Carried out for 3." in text
    assert "Carried out for 3." in undo(mina, text)


def test_the_trash_gives_back_and_deletes_for_good(mina, notes):
    assert "The trash is empty." in mina.text("/trash")
    do(mina, notes, "delete")
    text = mina.text("/trash")
    assert [f"Note {n}" in text for n in range(3)] == [True] * 3
    mina.send("/trash", do="restore", id=str(notes[0].doc_id))
    asked = mina.send("/trash", do="purge", id=[str(one.doc_id) for one in notes[1:]])
    assert "Delete 2 memories?" in asked.content.decode()
    assert Memory.objects.count() == 3
    mina.send("/trash", do="purge", id=[str(one.doc_id) for one in notes[1:]], sure="yes")
    assert state("pk") == [notes[0].pk]
    assert mina.send("/trash", do="burn").status_code == 404


def test_a_path_that_is_taken_meanwhile_is_said_and_a_memory_comes_back_without(mina, notes):
    do(mina, notes[:1], "delete")
    saved(mina, "Another", path="notes/0.md")
    answer = mina.send("/trash", do="restore", id=str(notes[0].doc_id))
    assert "Refused for 1:" in answer.content.decode()
    mina.send("/trash", do="restore-without-path", id=str(notes[0].doc_id))
    notes[0].refresh_from_db()
    assert (notes[0].deleted_at, notes[0].path) == (None, None)


def test_only_owners_delete_for_good_and_strangers_see_no_trash(mina, notes):
    jun = inside(JUN)
    do(mina, notes, "delete")
    assert "Note 0" not in jun.text("/trash")
    answer = jun.send("/trash", do="purge", id=str(notes[0].doc_id), sure="yes")
    assert "Refused for 1:" in answer.content.decode()
    jun.send("/trash", do="restore", id=str(notes[0].doc_id))
    assert Memory.objects.exclude(deleted_at=None).count() == 3
