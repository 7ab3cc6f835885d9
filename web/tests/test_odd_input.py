"""What no person types into a form, and programs do: refused, on either database."""

import json

import pytest

from testing.clients.browsing import inside
from web.tests.saving import saved

ODD = ["\x00", "a\x00b", "e" + "\u0301" * 200, "x" * 3_000]
SURE = {"sure": "yes"}


@pytest.fixture
def mina(db):
    found = inside("mina@example.com")
    found.send("/teams", do="make", team_key="alpha", name="", default_role="viewer")
    return found


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_it_is_refused_by_all_forms(mina, odd):
    one = f"/memories/{saved(mina, 'tea').doc_id}"
    deeds = {
        "/teams": [{"do": do, "team_key": odd} for do in ("make", "accept", "decline", "block")],
        "/teams/alpha": [
            {"do": "change", "name": odd, "default_role": odd},
            *({"do": do, "email": odd, "role": odd} for do in ("put", "remove", "hand-over")),
        ],
        "/shares": [
            *({"do": do, "doc_id": odd} for do in ("accept", "decline", "block", "own", "disown")),
            {"do": "unblock", "email": odd},
        ],
        f"{one}/share": [
            *({"do": "give", "email": odd, "role": "viewer"}, {"do": "take", "email": odd}),
            *({"do": "give", "email": "jun@example.com", "role": odd}, {"do": "leave"}),
            *({"do": "move", "place": odd}, {"do": "move", "place": f"team/{odd}"}),
            {"do": "offer", "to": odd},
        ],
        "/memories/bulk": [
            *({"do": "move", "id": odd, "place": odd}, {"do": "delete", "id": odd}),
            {"do": "move", "id": one.rpartition("/")[2], "place": f"team/{odd}"},
            {"do": "undo", "undo": json.dumps([{"doc_id": odd, "back": True}])},
        ],
        "/trash": [{"do": do, "id": odd} for do in ("restore", "restore-without-path", "purge")],
        "/tokens": [{"do": "revoke", "token": odd}],
        "/import": [{"place": odd}, {"format": odd}],
        "/memories/new": [
            {"content": "x", "place": f"team:{odd}"},
            {"content": "x", "path": odd, "do": "preview"},
        ],
        f"{one}/edit": [
            {"content": odd, "path": odd, "title": odd, "category": odd, "revision": odd},
            {"content": odd, "path": odd, "title": odd, "tags": odd, "do": "preview"},
        ],
        f"{one}/restore": [{"number": odd, "revision": odd}],
    }
    for page, forms in deeds.items():
        for form in forms:
            status = mina.send(page, **form, **SURE).status_code
            assert status < 500, (page, form, status)


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_it_is_refused_in_all_addresses(mina, odd):
    one = f"/memories/{saved(mina, 'tea').doc_id}"
    asked = {
        "/memories": ("q", "tag", "owner", "category", "team_key", "path_prefix", "cursor", "page"),
        "/memories/new": ("path", "content", "place", "category"),
        one: ("at", "back"),
        f"{one}/history": ("cursor",),
        f"{one}/compare": ("from", "to"),
        "/trash": ("cursor",),
        "/teams/alpha/activity": ("cursor",),
        "/activity": ("doc_id", "cursor"),
        "/export": ("place",),
        "/export/1": ("place",),
        "/tokens": ("name",),
        "/login": ("next",),
    }
    for page, names in asked.items():
        for name in names:
            status = mina.get(page, {name: odd}).status_code
            assert status < 500, (page, name, status)
    assert mina.get("/export", {"place": f"team/{odd}"}).status_code < 500
