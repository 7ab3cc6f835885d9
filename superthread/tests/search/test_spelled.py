"""Queries that stand or fall by their spelling: each is answered among the first five."""

from pathlib import Path

import pytest

from benchmarks.search.scoring import means, read_sets
from superthread.tests.search import labelled

SETS = {one.name: one for one in read_sets(Path(__file__).parent / "spelled")}


@pytest.mark.parametrize("name", sorted(SETS))
def test_every_query_of_the_set_is_answered_among_the_first_five(mina, name):
    chosen = {name: SETS[name]}
    answers = labelled.ask(mina, labelled.load(mina, chosen), chosen)
    missed = [
        (query["text"], query["gold"], answers[query["id"]][:5])
        for query in SETS[name].queries
        if not set(query["gold"]) <= set(answers[query["id"]][:5])
    ]
    assert missed == []
    assert len(SETS[name].queries) >= 40
    assert means(SETS[name], answers)[""][1].mrr10 >= 0.88


def test_what_is_spelt_as_asked_comes_before_other_forms_of_the_word(mina):
    """But for few memories that hold another form with the capitals that were asked for."""
    chosen = {"exact": SETS["exact"]}
    answers = labelled.ask(mina, labelled.load(mina, chosen), chosen)
    assert means(SETS["exact"], answers)[""][1].recall1 >= 0.95


def test_a_word_is_respelt_on_later_pages_as_on_the_first(mina):
    """Also where those that have the right one newest are no hits, and an older one is."""
    mina.save("The harbour needs gradle.", category="b")
    for number in range(12):
        mina.save(f"The harbour, {number}.", category="b")
    for _ in range(3):
        many = [{"content": f"About gradle, {n}.", "category": "a"} for n in range(100)]
        mina.post("/superthread/batch/save", json={"memories": many})
    found, asked = [], {"query": "harbour gradel", "category": "b", "limit": 5}
    while asked.get("cursor", "") is not None:
        page = mina.post("/superthread/search", json=asked).json()
        found += [one["content"] for one in page["results"]]
        asked["cursor"] = page["next_cursor"]
    assert found[0] == "The harbour needs gradle."
    assert (len(found), len(set(found))) == (13, 13)
