"""No change at Google, nor of a connection to it, without its event, once it is confirmed."""

import pytest

from google_docs.models import Connection
from google_docs.tests.access.connecting import PAGE, browser, connect, consented
from google_docs.tests.access.test_who_may import connected
from memory_hub.core.identity import Actor, Via
from memory_hub.events import telling
from superthread.tests.routes import methods, routes
from superthread.tests.writes.events.every_write import GOOGLE, SILENT
from testing.clients.admin_site import Browser
from testing.journaling import journaling
from testing.telling import recording

MINA, JUN = "mina@example.com", "jun@example.com"
MEMORY = "memories/<str:doc_id>"
VERSIONS = "versions/<str:doc_id>"
ITEMS = {"memories": [{"content": "1"}, {"content": ""}, {"content": "2"}]}
# "METHOD route": query and body, and what is told.
ROUTES = {
    "POST memories": [("", {"content": "One more."}, ["document created"])],
    f"PATCH {MEMORY}": [
        ("", {"content": "Another."}, ["document updated"]),
        ("", {"category": "b"}, ["document updated"]),
    ],
    f"DELETE {MEMORY}": [
        ("", None, ["document trashed"]),
        ("?permanent=true", None, ["document purged"]),
    ],
    "POST batch/save": [("", ITEMS, ["document created"] * 2)],
    "POST batch/delete": [("", {"doc_ids": ["{doc_id}", "x" * 33]}, ["document trashed"])],
    "POST permissions/<str:doc_id>": [
        (
            "",
            {"permissions": {JUN: "editor", "new@example.com": "viewer"}},
            [f"permission changed {JUN}", "permission granted new@example.com"],
        ),
        ("", {"permissions": {JUN: None}}, [f"permission removed {JUN}"]),
        ("", {"permissions": {JUN: "viewer"}}, []),
    ],
    f"POST {VERSIONS}": [("?description=a", None, ["document version_kept"])],
    f"POST {VERSIONS}/restore/<str:version_id>": [
        ("", None, ["document version_kept", "document updated"])
    ],
}


def read(event):
    kind = type(event).__name__.removesuffix("Changed").lower()
    return " ".join(filter(None, (kind, event.kind.value, getattr(event, "email", None))))


@pytest.fixture
def ids(docs):
    """A memory with a kept version and a viewer."""
    doc_id = docs.save()["doc_id"]
    version = docs.post(f"versions/{doc_id}?description=first").json()["version_id"]
    docs.patch(f"memories/{doc_id}", json={"content": "Jun gave it back."})
    docs.post(f"permissions/{doc_id}", json={"permissions": {JUN: "viewer"}})
    return {"doc_id": doc_id, "version_id": version}


@pytest.mark.parametrize(
    ("route", "query", "body", "wanted"),
    [(route, *write) for route, writes in ROUTES.items() for write in writes],
)
def test_a_request_tells_exactly_what_it_did(docs, ids, route, query, body, wanted):
    method, _, path = route.partition(" ")
    for name, value in ids.items():
        path = path.replace(f"<str:{name}>", value)
    if body and "doc_ids" in body:
        body = {"doc_ids": [one.format(**ids) for one in body["doc_ids"]]}
    options = {} if body is None else {"json": body}
    with recording() as events, journaling() as entries:
        getattr(docs, method.lower())(f"{path}{query}", **options)
    assert sorted(map(read, events)) == sorted(wanted)
    assert [entry.kind.replace(".", " ") for entry in entries] == [
        read(event).removesuffix(f" {getattr(event, 'email', '')}") for event in events
    ]
    for entry in entries:
        assert (entry.actor_id, entry.space) == (docs.client.user.pk, docs.client.user.pk)
        assert entry.origin.detail["doc_id"]
    for event in events:
        assert event.actor.user_id == docs.client.user.pk
        assert event.actor.token_id is not None
        assert event.origin.via is Via.REST
        assert event.space == f"u{docs.client.user.pk}"


def test_every_route_that_writes_is_in_the_table():
    found = {
        f"{method} {template.removeprefix(GOOGLE)}"
        for template, view in routes(GOOGLE)
        for method in methods(view)
        if method != "GET"
    }
    silent = {route.replace(GOOGLE, "") for route in SILENT if GOOGLE in route}
    assert found == {*ROUTES, *silent}


def test_what_google_refused_is_told_to_nobody(docs, double, ids):
    double.world.files.clear()
    with recording() as events:
        assert docs.patch(f"memories/{ids['doc_id']}", json={"category": "b"}).status_code == 404
        assert docs.delete(f"memories/{ids['doc_id']}").status_code == 404
    assert events == []


def test_a_change_that_cannot_be_told_of_is_made_all_the_same(docs, monkeypatch, caplog):
    from django.db import DatabaseError

    def fails(events):
        raise DatabaseError("the disk is full of the secret")

    fails.hears = (telling.Event,)
    monkeypatch.setattr(telling, "subscribers", lambda: (fails,))
    saved = docs.save("It is kept.")
    monkeypatch.undo()
    assert docs.read(saved["doc_id"])["content"] == "It is kept."
    assert "A change at Google could not be told of: DatabaseError" in caplog.text
    assert "secret" not in caplog.text


def test_connecting_and_disconnecting_are_told(hub, double):
    mina = hub(MINA)
    page = browser(mina)
    with recording() as events, mina.threads.committing():
        page.get(consented(connect(page)))
        page.post(PAGE, {"action": "disconnect"})
    assert [read(event) for event in events] == ["connection connected", "connection disconnected"]
    for event in events:
        assert (event.actor, event.origin.via) == (Actor(mina.user.pk), "google")
        assert (event.account, event.user_id) == ("person@example.com", mina.user.pk)
        assert event.team_id is None


def test_another_account_in_the_place_of_one_is_two_events(hub, double):
    mina = hub(MINA)
    connected(double, "before@gmail.example", user=mina.user)
    page = browser(mina)
    page.get(consented(connect(page)))
    with recording() as events, mina.threads.committing():
        page.post(PAGE, {"action": "replace"})
    assert [(event.kind.value, event.account) for event in events] == [
        ("disconnected", "before@gmail.example"),
        ("connected", "person@example.com"),
    ]


def test_an_operator_who_ends_a_connection_is_told_as_the_actor(hub, double):
    mina = hub(MINA)
    connection = connected(double, "mina@gmail.example", user=mina.user)
    root = Browser()
    with recording() as events:
        root.send(f"/admin/google_docs/connection/{connection.pk}/delete/", post="yes")
    assert not Connection.objects.exists()
    assert [read(event) for event in events] == ["connection disconnected"]
    assert (events[0].actor, events[0].origin.via) == (Actor(root.user.pk), Via.ADMIN)
