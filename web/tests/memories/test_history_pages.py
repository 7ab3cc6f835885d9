"""The past of a memory on pages: its versions, compared and restored, and what was done with it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from memory_hub.accounts import services
from memory_hub.core.budget import comparisons, unit_of_work
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory
from web.memories import history
from web.tests.visiting import page_of, shared, words


@pytest.fixture
def memory(mina):
    """Three versions: of two texts, and one that is described."""
    made = mina.client.save("The key is blue.\nIt hangs left.\n", metadata={"a": 1})
    path = f"/superthread/memories/{made['doc_id']}"
    change = {"content": "The key is green.\nIt hangs left.\n", "category": "keys"}
    mina.client.patch(path, json=change)
    mina.client.post(f"/superthread/versions/{made['doc_id']}", params={"description": "kept"})
    return made


def rows(page):
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [words(f'<main id="content">{row}</main>') for row in body.split("<tr>")[1:]]


def test_versions_are_listed_with_author_and_tool(mina, memory):
    first, second, third = rows(mina.text(page_of(memory, "/history")))
    assert first.startswith("3 present kept")
    assert second.startswith("2 ")
    for row in (first, second, third):
        assert "mina@example.com" in row
        assert "API · token “laptop”" in row


def test_a_history_asks_the_database_as_little_for_many_as_for_few(mina, memory):
    few = questions(mina, page_of(memory, "/history"))
    for number in range(10):
        path = f"/superthread/memories/{memory['doc_id']}"
        mina.client.patch(path, json={"content": f"The key is of colour {number}."})
    assert questions(mina, page_of(memory, "/history")) == few < 15


def questions(person, path):
    """How many the page asks that somebody has opened before: the journal is settled then."""
    person.text(path)
    with CaptureQueriesContext(connection) as asked:
        person.text(path)
    return len(asked)


def test_older_versions_are_behind_the_cursor(mina, memory, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    page = mina.text(page_of(memory, "/history"))
    (older,) = re.findall(r'href="(\?cursor=[^"]+)">Older', page)
    assert rows(mina.text(page_of(memory, f"/history{older}")))[0].startswith("1 ")
    assert mina.get(page_of(memory, "/history?cursor=nonsense")).status_code == 400


def test_an_editor_sees_versions_and_not_by_what_they_were_made(mina, jun, memory):
    shared(memory, mina, jun, "editor")
    page = jun.text(page_of(memory, "/history"))
    assert len(rows(page)) == 3
    assert "token" not in words(page)
    assert "What else was done" not in page


def test_what_was_moved_shared_and_deleted_is_told_to_administrators(mina, jun, memory):
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    path = f"/superthread/memories/{memory['doc_id']}"
    shared(memory, mina, jun, "viewer")
    mina.client.delete(path)
    mina.client.post(f"{path}/undelete")
    mina.client.patch(path, json={"scope": "team", "team_key": "alpha"})
    said = words(mina.text(page_of(memory, "/history"))).partition("What else was done")[2]
    for part in (
        *("Memory moved (Personal → Team alpha)", "Memory moved to the trash"),
        *("Memory taken out of the trash", "Access offered: jun@example.com, as a viewer"),
    ):
        assert part in said
    assert "Memory saved" not in said


def test_two_versions_are_compared_inline_and_side_by_side(mina, memory):
    page = mina.text(page_of(memory, "/compare?from=1&to=2"))
    assert "The key is <del>blue</del>." in page
    assert "The key is <ins>green</ins>." in page
    assert "Lines added: 1, removed: 1" in words(page)
    assert "<del>default</del>" in page
    assert "<ins>keys</ins>" in page
    sides = mina.text(page_of(memory, "/compare?from=1&to=2&view=side"))
    row = re.search(r"<tr>(?:(?!</tr>).)*blue.*?</tr>", sides, re.S)[0]
    assert "<ins>green</ins>" in row
    # Without a second one, the present version.
    assert "From version 1 to version 3" in words(mina.text(page_of(memory, "/compare?from=1")))
    assert "The texts are the same." in mina.text(page_of(memory, "/compare?from=2&to=3"))


def test_changes_are_downloaded_as_the_api_has_them(mina, memory):
    answer = mina.get(page_of(memory, "/compare?from=1&to=2&view=patch"))
    diff = mina.client.get(
        f"/superthread/versions/{memory['doc_id']}/diff", params={"from": 1, "to": 2}
    ).json()["diff"]
    assert answer.content.decode() == diff
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "status"), [("from=0", 400), ("from=x", 400), ("from=9", 400), ("from=1&to=9", 400)]
)
def test_what_cannot_be_compared_is_refused(mina, memory, query, status):
    assert mina.get(page_of(memory, f"/compare?{query}")).status_code == status


def test_a_text_that_was_taken_out_is_neither_shown_nor_compared_nor_restored(mina, memory):
    mina.client.post(f"/superthread/versions/{memory['doc_id']}/redact/1")
    page = mina.text(page_of(memory, "/history"))
    assert "taken out (mina@example.com)" in rows(page)[2]
    assert 'value="1"' not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert mina.get(page_of(memory, "/compare?from=1")).status_code == 410
    revision = str(Memory.objects.get().revision)
    answer = mina.send(page_of(memory, "/restore"), number="1", revision=revision)
    assert answer.status_code == 410


def test_comparing_draws_from_the_budget_of_the_api(mina, memory):
    comparisons.take(comparisons.most)
    try:
        with unit_of_work():
            assert mina.get(page_of(memory, "/compare?from=1")).status_code == 503
    finally:
        comparisons.give_back(comparisons.most)
    assert mina.get(page_of(memory, "/compare?from=1")).status_code == 200


def test_a_version_is_restored_as_it_was_seen(mina, memory):
    revision = str(Memory.objects.get().revision)
    answer = mina.send(page_of(memory, "/restore"), number="1", revision=revision)
    assert answer.headers["Location"] == page_of(memory)
    row = Memory.objects.get()
    assert (row.content, row.category) == ("The key is blue.\nIt hangs left.\n", "default")
    assert "Version 1 is the present one again." in mina.text(page_of(memory))


def test_what_was_saved_meanwhile_is_not_overwritten_by_a_restore(mina, memory):
    revision = str(Memory.objects.get().revision)
    path = f"/superthread/memories/{memory['doc_id']}"
    mina.client.patch(path, json={"content": "Newest."})
    answer = mina.send(page_of(memory, "/restore"), number="1", revision=revision)
    assert answer.headers["Location"] == page_of(memory, "/history")
    assert Memory.objects.get().content == "Newest."
    assert "Somebody else has changed it meanwhile" in mina.text(page_of(memory, "/history"))


@pytest.mark.parametrize("number", ["0", "9", "x", "", "1" * 30])
def test_a_version_that_is_none_is_not_found(mina, memory, number):
    answer = mina.send(page_of(memory, "/restore"), number=number, revision="2")
    assert answer.status_code == 404
