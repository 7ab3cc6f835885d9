"""Every route of the hub either heeds a token's restriction or refuses tokens that have one."""

import re
from typing import Any

import pytest

from memory_hub.api.views import HubView
from memory_hub.core.installed import features
from superthread.scopes import MEMORIES_PUBLISH
from superthread.tests.access.matrix import LISTINGS, OPERATIONS
from superthread.tests.restricted.worlds import restriction
from superthread.tests.routes import methods, routes

HEEDING = {
    "openapi.json": "nothing of anybody's",
    "accounts/me": "its teams",
    "accounts/tokens": "itself and what it made",
    "accounts/tokens/<str:token_id>": "itself and what it made",
    "accounts/teams": "its teams",
    "accounts/teams/<str:team_key>": "its teams",
    "accounts/teams/<str:team_key>/accept": "its teams",
    "accounts/teams/<str:team_key>/members/<str:email>": "its teams",
    **{
        f"langgraph/store/{route}": "integrations/langgraph/tests/test_matrix.py"
        for route in ("items", "items/search", "namespaces")
    },
    "anthropic/memory-tool": "integrations/anthropic/tests/test_matrix.py",
}
# Routes of memories without a row in the matrix of permissions, which test_matrix.py asks for every
# restriction: where they are asked instead.
OF_MEMORIES = {
    "POST superthread/memories": "test_places.py",
    "POST superthread/categories/rename": "test_places.py",
    "POST superthread/batch/save": "test_places.py",
    "POST superthread/batch/update": "test_places.py",
    "POST superthread/batch/delete": "test_places.py",
    "GET superthread/facets": "test_matrix.py",
    "GET superthread/stats": "test_matrix.py",
    "GET superthread/trash": "test_matrix.py",
    "GET superthread/shares": "test_places.py",
    "GET superthread/transfers": "test_places.py",
    "GET superthread/info": "nothing of anybody's",
    "GET superthread/health": "nothing of anybody's",
    **{
        f"{method} superthread/by-path/{route}<path:path>": "test_places.py"
        for method in ("GET", "PUT", "DELETE")
        for route in ("personal/", "team/<str:team_key>/", "public/")
    },
}
DOORS = ("mem0/",)
# Methods of routes that heed it, and are for no restricted token all the same.
REFUSED = {"POST accounts/teams"}


def api_routes() -> list[tuple[str, type[HubView]]]:
    return [
        (template, view)
        for template, view in routes("")
        if isinstance(view, type) and issubclass(view, HubView)
    ]


def test_a_route_that_heeds_restrictions_is_known_to_this_test():
    heeding = {template for template, view in api_routes() if view.heeds_restrictions}
    memories = {template for template in heeding if template.startswith("superthread/")}
    # Doors have a matrix of their own, which asks each of their calls for every restriction.
    doors = {template for template in heeding if template.startswith(DOORS)}
    assert heeding - memories - doors == HEEDING.keys()
    asked = {f"{one.method} {one.route}" for one in (*OPERATIONS.values(), *LISTINGS.values())}
    answered = {
        f"{method} {template}"
        for template, view in api_routes()
        for method in methods(view)
        if template in memories
    }
    assert answered - asked == OF_MEMORIES.keys()


def test_a_scope_says_whether_any_route_of_it_heeds_restrictions():
    """Those that are of no use to a restricted token are not offered to people for one."""
    heeding = {
        view.scopes.get(method)
        for template, view in api_routes()
        if view.heeds_restrictions
        for method in methods(view)
        if f"{method} {template}" not in REFUSED
    }
    said = {scope.name for one in features() for scope in one.scopes if scope.heeds_restrictions}
    # What is saved may be public: that is asked by the save, of a token for a category, too.
    assert said == heeding - {None} | {MEMORIES_PUBLISH}


def filled(template: str) -> str:
    return "/" + re.sub(r"<(?:str|path):(\w+)>", "nowhere", template)


@pytest.mark.parametrize("name", ["personal", "its category", "a deleted team"])
def test_a_route_that_heeds_no_restriction_is_for_no_restricted_token(api, name):
    client = api("mina@example.com", is_staff=True, restriction=restriction(name))
    wrong = []
    for template, view in api_routes():
        for method in methods(view):
            if method in view.public:
                continue
            heeds = view.heeds_restrictions and f"{method} {template}" not in REFUSED
            answer: Any = client.request(method, filled(template), content=b"{}")
            code = answer.json().get("code") if answer.status_code >= 400 else None
            if (code == "token-restricted") is heeds and not _is_beyond(template, code):
                wrong.append(f"{method} {template}: {answer.status_code} {code}")
    assert not wrong, "\n".join(wrong)


def _is_beyond(template: str, code: str | None) -> bool:
    """Of teams a token is refused what it is not for, as of memories."""
    return code == "token-restricted" and template.startswith("accounts/teams")


def test_reading_alone_is_refused_by_every_route_that_writes(api):
    client = api("mina@example.com", is_staff=True, restriction=restriction("reading"))
    writing = {scope.name for one in features() for scope in one.scopes if scope.writes}
    for template, view in api_routes():
        for method in methods(view):
            if view.scopes.get(method) in writing:
                answer = client.request(method, filled(template), content=b"{}")
                assert answer.status_code == 403, (method, template, answer.text)
                assert answer.json()["code"] == "missing-scope"


def test_a_route_that_changes_something_has_a_scope_to_write_or_refuses_by_itself():
    """Else a token for reading would change it."""
    writing = {scope.name for one in features() for scope in one.scopes if scope.writes}
    others = {
        f"{method} {template}"
        for template, view in api_routes()
        for method in methods(view)
        if method != "GET" and method not in view.reads and view.scopes.get(method) not in writing
    }
    # As memory_hub/accounts/restricted.py says, and as test_restricted_tokens.py tests; by the
    # command that it is given (integrations/anthropic/tests/test_matrix.py).
    by_itself = {
        "POST anthropic/memory-tool",
        # A file of what the token may read anyway.
        *("POST superthread/exports", "DELETE superthread/exports/<str:export_id>"),
    }
    assert {one for one in others if not one.split()[1].startswith("accounts/")} == by_itself
