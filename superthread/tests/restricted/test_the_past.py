"""What was is shown to a restricted token of the memories that it is for now, and of no others."""

from itertools import product

import pytest

from superthread.tests.feed.acts import now, one_of
from superthread.tests.restricted.worlds import RESTRICTIONS, is_for, restriction

MEMORIES = "/superthread/memories"
SEARCH = "/superthread/search"
# Place, category and folder.
HOMES = (
    ("personal", "matrix", "keys/"),
    ("alpha", "keys", "keys/of/"),
    ("public", "keys", "others/"),
)
NAMES = (
    "personal",
    "its team",
    "another team",
    "a deleted team",
    "its category",
    "its folder",
    "personal, its folder",
    "reading",
)


def home(place, category, folder, number):
    scope = {"scope": "team", "team_key": place} if place == "alpha" else {"scope": place}
    return scope | {"category": category, "path": f"{folder}{number}"}


@pytest.fixture
def world(mina):
    """A moment, and Mina's memories with where they were then and are now: moved from each home to
    each, and trashed in each."""
    assert mina.post("/accounts/teams", json={"team_key": "alpha"}).status_code == 201
    pairs = [*product(HOMES, HOMES), *((one, one) for one in HOMES)]
    memories = [
        mina.save(f"quokka {number}", **home(*pair[0], number)) for number, pair in enumerate(pairs)
    ]
    moment = now()
    for number, (memory, (then, later)) in enumerate(zip(memories, pairs, strict=True)):
        if number >= len(HOMES) ** 2:
            assert mina.delete(one_of(memory)).status_code == 204
        elif then != later:
            changed = home(*later, number) | {"content": "walrus"}
            assert mina.patch(one_of(memory), json=changed).status_code == 200
    return moment, [(memory, *pair) for memory, pair in zip(memories, pairs, strict=True)]


@pytest.mark.parametrize("name", NAMES)
def test_what_was_is_told_of_what_the_token_is_for_now(world, api, name):
    moment, memories = world
    told, token = RESTRICTIONS[name], api("mina@example.com", restriction=restriction(name))
    its, in_its_lists = set(), set()
    for memory, (before, *_), (place, category, folder) in memories:
        if is_for(told, place=place, category=category, path=f"{folder}1"):
            its.add(memory["doc_id"])
            # Lists have what stood in a team that the token is for, and what stood in none.
            placed = "teams" in told or "personal" in told
            if not placed or before != "alpha" or "alpha" in told.get("teams", ()):
                in_its_lists.add(memory["doc_id"])
    answers = {
        memory["doc_id"]: token.get(one_of(memory), params={"at": moment}).status_code
        for memory, *_ in memories
    }
    assert {one for one, status in answers.items() if status == 200} == its
    assert {status for one, status in answers.items() if one not in its} <= {404}
    query = {"at": moment, "scope": "all", "limit": 100}
    assert ids(token.get(MEMORIES, params=query).json()["memories"]) == in_its_lists
    body = {"query": "quokka", "at": moment, "limit": 100}
    assert ids(token.post(SEARCH, json=body).json()["results"]) == its


def ids(rows):
    return {row["doc_id"] for row in rows}
