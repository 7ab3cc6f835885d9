"""Each call × principal × restricted token, as data: whatever has no row fails."""

from typing import NamedTuple

import pytest

from integrations.langgraph.tests.store import ITEMS, NAMESPACES, SEARCH, Store
from integrations.langgraph.urls import urlpatterns
from integrations.tests.principals import OTHERS, SIGHTS, Sight, other
from memory_hub.accounts import services
from memory_hub.accounts.scopes import every_scope
from memory_hub.core.identity import OPERATOR
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE
from superthread.tests.restricted.worlds import RESTRICTIONS, restriction
from superthread.tests.routes import methods

HERS = (["notes", "Mina"], "k1")
ITEM = {"namespace": HERS[0], "key": HERS[1]}
# Each call as a request, and the scope that it needs.
CALLS = {
    "PUT store/items": (ITEMS, {"json": ITEM | {"value": {}}}, MEMORIES_WRITE),
    "GET store/items": (ITEMS, {"params": {"namespace": "a", "key": "k"}}, MEMORIES_READ),
    "DELETE store/items": (ITEMS, {"json": ITEM}, MEMORIES_WRITE),
    "POST store/items/search": (SEARCH, {"json": {"namespace_prefix": []}}, MEMORIES_READ),
    "POST store/namespaces": (NAMESPACES, {"json": {}}, MEMORIES_READ),
}


class May(NamedTuple):
    """What a token of Mina's may do with her item: whether it is there for it; what a put answers,
    of the same name and of another; whether its deletion deletes."""

    sees: bool
    same: int
    another: int
    deletes: bool


MAY = {
    Sight.ALL: May(True, 204, 204, True),
    Sight.NOTHING: May(False, 403, 403, False),
    Sight.ELSEWHERE: May(False, 204, 204, False),
    # What is in its way is not named.
    Sight.BESIDE: May(False, 409, 204, False),
    Sight.READING: May(True, 403, 403, False),
}


@pytest.fixture
def hers(mina):
    """Mina's store with one item."""
    store = Store(mina)
    store.put(*HERS, {"text": "capybara"})
    return store


def seen(store):
    """Whether Mina's item is there, by every call that could tell."""
    namespace, key = HERS
    told = {
        bool(store.get(namespace, key)),
        bool(store.search([])),
        bool(store.search([], query="capybara")),
        bool(store.search(namespace, filter={"text": "capybara"})),
        bool(store.namespaces()),
    }
    assert len(told) == 1
    return told.pop()


def test_every_call_has_a_row():
    offered = {
        f"{method} {route.pattern}"
        for route in urlpatterns
        for method in methods(route.callback.cls)
    }
    assert offered == CALLS.keys()
    assert SIGHTS.keys() == RESTRICTIONS.keys()


@pytest.mark.parametrize("call", CALLS)
def test_a_call_needs_a_credential_and_its_scope_before_anything(call, nobody, api):
    path, options, scope = CALLS[call]
    method = call.split()[0]
    assert nobody.request(method, path, **options).status_code == 401
    others = [one for one in every_scope() if one != scope]
    answer = api("mina@example.com", scopes=others).request(method, path, **options)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing-scope")
    alone = api("mina@example.com", scopes=[scope]).request(method, path, **options)
    assert alone.status_code in (200, 204)


@pytest.mark.parametrize("name", SIGHTS)
def test_a_restricted_token_does_what_its_row_says(name, hers, api):
    sight = SIGHTS[name]
    row = MAY[sight]
    store = Store(api("mina@example.com", restriction=restriction(name)))
    assert seen(store) is row.sees
    assert store.delete(*HERS).status_code == (403 if sight is Sight.READING else 204)
    assert seen(hers) is not row.deletes
    if row.deletes:
        hers.put(*HERS, {"text": "capybara"})
    answer = store.try_put(HERS[0], "k2", {"n": 2})
    assert answer.status_code == row.another
    assert store.try_put(*HERS, {"n": 1}).status_code == row.same
    assert hers.value(*HERS) == ({"n": 1} if sight is Sight.ALL else {"text": "capybara"})
    if row.another == 204:
        assert store.value(HERS[0], "k2") == {"n": 2}


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_has_to_do_with_it(name, hers, api):
    jun = Store(other(name, hers.client, api))
    assert not seen(jun)
    assert jun.delete(*HERS).status_code == 204
    jun.put(*HERS, {"text": "his"})
    assert hers.value(*HERS) == {"text": "capybara"}
    assert jun.value(*HERS) == {"text": "his"}


def test_what_a_team_has_at_such_a_path_is_no_item(mina):
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    path = "langgraph/notes/k1.json"
    mina.save('{"a": 1}', path=path, scope="team", team_key="alpha")
    mina.save('{"a": 1}', path=path, scope="public")
    store = Store(mina)
    assert store.get(["notes"], "k1") is None
    assert store.search([]) == []
    assert store.namespaces() == []


def test_a_token_for_a_folder_has_its_store_in_it(api, mina):
    store = Store(api("mina@example.com", restriction=restriction("its folder")))
    store.put(["a"], "k", {"n": 1})
    assert mina.get("/superthread/by-path/personal/keys/a/k.json").json()["content"]
    assert store.namespaces() == [["a"]]
    assert Store(mina).namespaces() == []


def test_an_item_that_is_hidden_is_as_one_that_is_not_there(hers, api):
    jun = Store(api("jun@example.com"))
    hidden, missing = jun.try_get(*HERS), jun.try_get(HERS[0], "none")
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)


def test_the_store_is_no_part_of_the_openapi_document(nobody):
    paths = nobody.get("/openapi.json").json()["paths"]
    assert not [path for path in paths if path.startswith("/langgraph")]
