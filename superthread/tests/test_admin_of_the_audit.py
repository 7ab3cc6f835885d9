"""The audit in the admin: shown newest first, searched and narrowed, never changed."""

import pytest
from django.db.models import F

from memory_hub.journal import accesses, sealing, sequencer
from memory_hub.journal.models import Access, Entry
from superthread.tests.feed.acts import accept, one_of, share
from testing.clients.admin_site import Browser, staff_browser

ENTRIES, ACCESSES = "/admin/journal/entry/", "/admin/journal/access/"


def shown(html):
    """How many rows a list has."""
    return html.count('<td class="field-kind')


@pytest.fixture
def root(db, nothing_counted):
    return Browser()


@pytest.fixture
def memory(root, api, mina):
    """Mina's, which Sora may read and has read, and Jun has been refused."""
    jun, sora = api("jun@example.com"), api("sora@example.com")
    saved = mina.save("Jun has the key.")
    share(mina, saved, sora="viewer")
    accept(sora, saved)
    sora.get(one_of(saved))
    jun.get(one_of(saved))
    accesses.flush()
    sequencer.sequence()
    return saved


def test_entries_are_searched_and_narrowed(root, memory, mina):
    token = mina.get("/accounts/tokens").json()["tokens"][0]["id"]
    of_it = {"q": memory["doc_id"]}
    for query, count in [
        (of_it, 3),
        ({**of_it, "kind": "grant."}, 2),
        ({**of_it, "kind": "grant.offered"}, 1),
        ({**of_it, "kind": "grant"}, 0),
        ({**of_it, "actor": "SORA@example.com"}, 1),
        ({**of_it, "actor": "nobody@example.com"}, 0),
        ({**of_it, "token": str(token)}, 2),
        ({**of_it, "token": "none"}, 0),
        ({**of_it, "day": f"{Entry.objects.first().at:%Y-%m-%d}"}, 3),
        ({**of_it, "day": "2000-01-01"}, 0),
        ({**of_it, "day": "yesterday"}, 0),
        ({"q": "sora@example.com", "kind": "grant."}, 1),
        ({"q": str(Entry.newest())}, 1),
        ({"q": "9" * 30}, 0),
        ({"q": "01a22295-18e3-7170-bff6-85b4d13c96ef"}, 0),
    ]:
        html = root.text(ENTRIES, **query)
        assert shown(html) == count, query
    html = root.text(ENTRIES, **of_it)
    assert "sora@example.com" in html
    assert "Jun has the key." not in html


def test_an_entry_shows_where_it_came_from(root, memory):
    offered = Entry.objects.get(kind="grant.offered", doc_id=memory["doc_id"])
    html = root.text(f"{ENTRIES}{offered.pk}/change/")
    for text in ("127.0.0.1", "sora@example.com", "mina@example.com", memory["doc_id"]):
        assert text in html


def test_reads_and_refusals_are_searched_and_narrowed(root, memory):
    for query, texts in [
        ({"q": memory["doc_id"]}, ["read.whole", "sora@example.com"]),
        ({"kind": "refused."}, ["refused.404", "/superthread/memories/{doc_id}"]),
        ({"actor": "jun@example.com"}, ["refused.404"]),
    ]:
        html = root.text(ACCESSES, **query)
        assert all(text in html for text in texts), query
    assert "read.whole" not in root.text(ACCESSES, kind="refused.")
    read = Access.objects.get(kind="read.whole")
    assert memory["doc_id"] in root.text(f"{ACCESSES}{read.pk}/change/")


def test_the_head_is_shown_and_that_it_holds(young, root, memory):
    while sealing.seal():
        pass
    html = root.text(ENTRIES)
    assert sealing.head().hash.hex() in html
    assert "The newest seal holds." in html
    Entry.objects.filter(pk=sealing.head().position).update(actor_id=F("actor_id") + 1)
    html = root.text(ENTRIES)
    assert "The newest seal holds." not in html
    assert "are not what was sealed" in html


def test_nothing_of_it_is_changed_or_deleted(root, memory):
    for path, model in ((ENTRIES, Entry), (ACCESSES, Access)):
        before = list(model.objects.values())
        pk = model.objects.first().pk
        assert root.get(f"{path}add/").status_code == 403
        for act in ("change", "delete"):
            assert root.send(f"{path}{pk}/{act}/", post="yes").status_code == 403
        assert list(model.objects.values()) == before


def test_it_is_for_staff_with_the_permission(memory):
    assert staff_browser("view_memory").get(ENTRIES).status_code == 403


def test_staff_with_the_permission_see_it(memory):
    assert memory["doc_id"] in staff_browser("view_entry").text(ENTRIES)
