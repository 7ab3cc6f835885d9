"""The words of several parts of a batch are reserved together, and each is whose it was anyway."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from memory_hub.accounts.principal import principal_of
from superthread.models import SearchTerm, SearchWord
from superthread.search.index import reserving, vocabulary
from superthread.search.index.indexer import prune_vocabulary
from superthread.services import batch
from superthread.services.steps import parts
from superthread.store_terms import Draft

SAVE = "/superthread/batch/save"
TOKEN = "ghp_" + "a1B2c3" * 6
TEAM = {"scope": "team", "team_key": "alpha"}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of two short notes, and words reserved for some four of them; ``reserved``: how many
    words each time, and whose they were noted to be."""
    monkeypatch.setattr(parts, "TERMS", 2 * (4 + parts.ITEM))
    monkeypatch.setattr(batch, "TERMS", 12)
    monkeypatch.setattr(batch, "AHEAD", 32)
    seen, reserve = [], reserving.reserved_ahead

    def noting(terms, *, holder=None):
        seen.append((len(terms), holder))
        return reserve(terms, holder=holder)

    monkeypatch.setattr(reserving, "reserved_ahead", noting)
    return seen


def note(number, **fields):
    """Four words that only this one has."""
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")
    words = [f"{start}{letters}x" for start in ("zel", "kor", "vun", "mip")]
    return {"content": " ".join(words), **fields}


def saved(client, items, status=201):
    results = client.post(SAVE, json={"memories": items}).json()["results"]
    assert {one["status"] for one in results} == {status}
    return results


def test_what_was_reserved_ahead_is_indexed_as_what_was_not(mina, api, index_of, small_parts):
    items = [note(number) for number in range(20)]
    saved(mina, items)
    assert [count for count, _ in small_parts] == [32, 32, 16]
    mine = list(index_of().values())
    jun = api("jun@example.com")
    for item in items:
        jun.save(item["content"])
    theirs = list(index_of().values())[len(items) :]
    assert len(mine) == len(theirs) == len(items)
    for one, other in zip(mine, theirs, strict=True):
        assert (one["noted"], one["length"]) == (other["noted"], other["length"])
    holders = {one["holder"] for one in mine}, {one["holder"] for one in theirs}
    noted = [set(SearchWord.objects.filter(holder__in=of).values_list("text")) for of in holders]
    assert noted[0] == noted[1]
    assert len(noted[0]) == 80
    *letters, last_but_one, last = note(7)["content"].split()[0]
    wrong = "".join([*letters, last, last_but_one])
    found = mina.post("/superthread/search", json={"query": wrong}).json()["results"]
    assert note(7)["content"] in [one["content"] for one in found]


def test_words_are_noted_for_nobody_whose_they_are_not(mina, api, small_parts):
    for key in ("alpha", "beta"):
        mina.post("/accounts/teams", json={"team_key": key})
    places = [{"scope": "team", "team_key": key} for key in ("alpha", "beta")]
    saved(mina, [note(number, **places[number % 2]) for number in range(8)])
    assert small_parts == [(32, None)]
    for start in range(2):
        expected = {word for n in range(start, 8, 2) for word in note(n)["content"].split()}
        (holder,) = set(
            SearchWord.objects.filter(text__in=expected).values_list("holder", flat=True)
        )
        assert set(SearchWord.objects.filter(holder=holder).values_list("text", flat=True)) == (
            expected
        )


def test_nothing_of_what_is_refused_for_a_secret_is_reserved(mina, settings, small_parts):
    settings.HUB_SCAN = "refuse"
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    items = [note(number, **TEAM) for number in range(8)]
    items[3]["content"] += f" GITHUB_TOKEN={TOKEN}"
    results = mina.post(SAVE, json={"memories": items}).json()["results"]
    assert [one["status"] for one in results] == [201, 201, 201, 422, 201, 201, 201, 201]
    assert small_parts
    kept = set(SearchTerm.objects.values_list("text", flat=True))
    assert kept.isdisjoint({*note(3)["content"].split(), TOKEN.casefold()})
    assert kept.issuperset(items[4]["content"].split())


def test_words_that_were_pruned_before_their_part_are_made_anew(mina, index_of, monkeypatch):
    store, first = batch.save.store_all, []

    def pruning(ready):
        if not first:
            first.append(prune_vocabulary())
        return store(ready)

    monkeypatch.setattr(batch.save, "store_all", pruning)
    items = [note(number) for number in range(8)]
    saved(mina, items)
    assert first == [32]
    assert [one["noted"] for one in index_of().values()] == [
        sorted(item["content"].split()) for item in items
    ]
    assert SearchWord.objects.count() == 32


def test_a_word_that_somebody_else_has_added_meanwhile_is_one_word(
    mina, api, index_of, monkeypatch
):
    items, known = [note(number) for number in range(8)], vocabulary.known
    jun = principal_of(api("jun@example.com").user, "command")

    def outrun(terms):
        found = known(terms)
        monkeypatch.setattr(vocabulary, "known", known)
        batch.save.save(Draft(items[5]["content"]), by=jun)
        return found

    monkeypatch.setattr(vocabulary, "known", outrun)
    saved(mina, items)
    assert SearchTerm.objects.count() == 32
    assert sorted(one["noted"] for one in index_of().values()) == sorted(
        sorted(item["content"].split()) for item in [*items, items[5]]
    )
    assert SearchWord.objects.count() == 32 + 4


def test_a_word_that_was_left_without_a_term_is_noted_once(mina, contents):
    items = [note(number) for number in range(8)]
    (memory,) = saved(mina, items[:1])
    SearchTerm.objects.all().delete()
    mina.delete(f"/superthread/memories/{memory['doc_id']}?permanent=true")
    assert SearchWord.objects.count() == 4
    saved(mina, items)
    assert SearchWord.objects.count() == 32
    for item in items:
        assert contents(mina, item["content"].split()[0]) == [item["content"]]


@pytest.mark.only_on("postgresql")
def test_many_words_are_looked_up_by_a_plan_of_their_own(db):
    # A plan of the day when there were few words would hold each of them against all of these.
    words = [f"zebra{number}" for number in range(vocabulary.FEW + 1)]
    with CaptureQueriesContext(connection) as asked:
        vocabulary.known(words[1:])
        vocabulary.known(words)
    kept, own = (one["sql"] for one in asked.captured_queries)
    assert kept.startswith("EXECUTE")
    assert own.startswith("SELECT")
