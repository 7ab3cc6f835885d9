"""A search tells a restricted token nothing of what it is not for: not by scores, not by words."""

import pytest

from superthread.search.index.holders import NOBODYS
from superthread.search.retrieval.reach import Searchable
from superthread.services.save import save_all
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from superthread.tests.restricted.worlds import restriction_of

EMAIL = "mina@example.com"
QUERIES = ("zebra", "zebra road", "zebr* crossing", '"the road"', "zebras giraffe", "zebbra")


@pytest.fixture(autouse=True)
def teams(mina):
    for key in ("alpha", "beta"):
        mina.post("/accounts/teams", json={"team_key": key})


def told(client):
    """All that answers tell, but for the time they took."""
    answers = [
        client.post("/superthread/search", json={"query": query, "explain": True}).json()
        for query in QUERIES
    ]
    return [{k: v for k, v in answer.items() if k != "took_ms"} for answer in answers]


PLACES = {
    "personal": ({}, {"personal": True}),
    "team": ({"scope": "team", "team_key": "alpha"}, {"teams": ["alpha"]}),
    "category": ({"category": "notes"}, {"category": "notes"}),
    "folder": ({"path": "notes/{}.md"}, {"path_prefix": "notes/"}),
    "category of a team": (
        {"scope": "team", "team_key": "alpha", "category": "notes"},
        {"teams": ["alpha"], "category": "notes"},
    ),
}
ELSEWHERE = {
    "personal": [{"scope": "team", "team_key": "beta"}, {"scope": "public"}],
    "team": [{}, {"scope": "team", "team_key": "beta"}, {"scope": "public"}],
    "category": [{}, {"category": "plans"}, {"scope": "public"}],
    "folder": [{}, {"path": "plans/{}.md"}, {"scope": "public", "path": "notes2/{}.md"}],
    "category of a team": [
        {"category": "notes"},
        {"scope": "team", "team_key": "alpha"},
        {"scope": "public", "category": "notes"},
    ],
}


def filled(place, number):
    return {name: text.format(number) for name, text in place.items()}


@pytest.mark.parametrize("name", PLACES)
def test_no_answer_tells_of_what_the_token_is_not_for(api, mina, name):
    place, restriction = PLACES[name]
    client = api(EMAIL, restriction=restriction_of(**restriction))
    mina.save("The zebra crossed the road.", **filled(place, 1))
    saved = mina.save("The road is long and the zebra slow.", **filled(place, 2))
    similar = f"/superthread/memories/{saved['doc_id']}/similar"
    before, alike = told(client), client.get(similar).json()
    assert [len(answer["results"]) for answer in before][:2] == [2, 2]
    drafts = [
        Draft(f"zebra road giraffe crossing zebbra the road is long {n}", **filled(other, n))
        for other in ELSEWHERE[name]
        for n in range(40)
    ]
    save_all(drafts, by=person(EMAIL))
    assert told(client) == before
    assert client.get(similar).json() == alike
    # What the unrestricted one is told is another thing: the test would see a difference.
    assert told(mina) != before


def test_frequencies_are_of_what_the_token_is_for(api, mina):
    mina.save("The zebra crossed.", category="notes")
    client = api(EMAIL, restriction=restriction_of(category="notes"))
    (alone,) = told(client)[0]["explain"]["terms"]
    mina.save("A giraffe.", category="notes")
    (beside,) = told(client)[0]["explain"]["terms"]
    assert beside["idf"] != alone["idf"]


def test_duplicates_are_told_of_what_the_token_is_for(api, mina):
    mina.save("The quick zebra crossed the long road at noon.", scope="team", team_key="alpha")
    body = {"content": "The quick zebra crossed the long road at noon."}
    path = "/superthread/memories?report_duplicates=true"
    client = api(EMAIL, restriction=restriction_of(personal=True))
    assert client.post(path, json=body).json()["duplicates"] == []
    assert len(client.post(path, json=body).json()["duplicates"]) == 1


def test_a_memory_that_is_typed_by_its_id_is_not_found_outside(api, mina):
    saved = mina.save("Zebra.", scope="team", team_key="alpha")
    client = api(EMAIL, restriction=restriction_of(personal=True))
    body = {"query": saved["doc_id"]}
    assert mina.post("/superthread/search", json=body).json()["count"] == 1
    assert client.post("/superthread/search", json=body).json()["count"] == 0


def test_a_token_for_nothing_that_is_there_reaches_nobodys_words(db):
    from dataclasses import replace

    by = replace(person(EMAIL), restriction=restriction_of(teams=["gone"]))
    holders = Searchable(by).holders
    assert holders.spaces == [NOBODYS]
