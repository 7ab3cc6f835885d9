"""A long text that replaces another is ready for the index before its transaction, with what is
said beside it: on SQLite everybody else waits for its end."""

import pytest

from memory_hub.accounts.principal import principal_of
from memory_hub.caching.invalidation import in_transaction
from superthread.models import SearchWord
from superthread.search.index import holders, indexer, vocabulary
from superthread.services import history, revise

MEMORIES, VERSIONS = "/superthread/memories", "/superthread/versions"
OLD, NEW = "zebra giraffe okapi", "lion zebra tiger panther"
BESIDE = {"metadata": {"title": "Harbour lights"}, "category": "boats"}


@pytest.fixture(autouse=True)
def within(monkeypatch):
    """All texts are long; ``within``: what was packed, looked up or noted in a transaction."""
    monkeypatch.setattr(indexer, "MANY", 1)
    monkeypatch.setattr(revise, "LONG", 1)
    monkeypatch.setattr(revise, "LONG_TO_LOOK_THROUGH", 1)
    seen = []

    def watch(module, name):
        function = getattr(module, name)

        def call(given, *arguments, **options):
            if in_transaction():
                seen.append((name, given))
            return function(given, *arguments, **options)

        monkeypatch.setattr(module, name, call)

    watch(indexer, "made_of")
    watch(vocabulary, "ids_of")
    watch(vocabulary, "noted")
    return seen


@pytest.fixture
def saved(mina, within):
    doc_id = mina.save(OLD, **BESIDE)["doc_id"]
    within.clear()
    return doc_id


def again(mina, index_of):
    """The index of the memory, and of one like it that is saved now."""
    (row,) = mina.get(MEMORIES).json()["memories"]
    mina.save(row["content"], metadata=row["metadata"], category=row["category"])
    return list(index_of().values())


@pytest.mark.parametrize(
    "more", [{}, {"metadata": {"title": "Lion"}}, {"category": "ships"}], ids=["", "title", "both"]
)
def test_a_change_is_ready_with_what_is_beside_it(mina, index_of, within, saved, more):
    mina.patch(f"{MEMORIES}/{saved}", json={"content": NEW, **more}).raise_for_status()
    assert within == []
    one, other = again(mina, index_of)
    assert one == other


def test_a_restore_is_ready_with_what_is_beside_it(mina, index_of, within, saved):
    url = f"{MEMORIES}/{saved}"
    mina.patch(url, json={"content": NEW, "metadata": {}, "category": "ships"}).raise_for_status()
    mina.patch(url, json={"path": "notes/quay.md"}).raise_for_status()
    (version,) = [
        one["version_id"]
        for one in mina.get(f"{VERSIONS}/{saved}").json()["versions"]
        if one["number"] == 1
    ]
    within.clear()
    mina.post(f"{VERSIONS}/{saved}/restore/{version}").raise_for_status()
    assert within == []
    (terms,) = index_of().values()
    assert {"zebra", "harbour", "boat", "quay"} < set(terms["noted"])
    assert "lion" not in terms["noted"]


def test_nothing_is_made_ready_for_one_who_may_not_restore_it(mina, api, saved, monkeypatch):
    jun, told = api("jun@example.com"), []
    mina.post(
        f"/superthread/permissions/{saved}", json={"permissions": {"jun@example.com": "viewer"}}
    )
    url = f"{VERSIONS}/{saved}"
    (version,) = [one["version_id"] for one in mina.get(url).json()["versions"]]
    monkeypatch.setattr(history, "found_in", told.append)
    for client, status in ((jun, 403), (api("nobody@example.com"), 404)):
        assert client.post(f"{url}/restore/{version}").status_code == status
    assert told == []
    mina.post(f"{url}/restore/{version}").raise_for_status()
    assert len(told) == 1


def test_who_moves_it_meanwhile_has_its_words(mina, within, saved, monkeypatch):
    """What was prepared is for another place by then: its new holder gets the words all the same,
    and what was said beside the text before is not in the index."""
    prepare = revise.prepare

    def overtaken(**asked):
        ready = prepare(**asked)
        monkeypatch.setattr(revise, "prepare", prepare)
        changes = {"scope": "public", "metadata": {"title": "Quay"}}
        revise.revise(doc_id=saved, changes=changes, by=principal_of(mina.user, "command"))
        return ready

    monkeypatch.setattr(revise, "prepare", overtaken)
    mina.patch(f"{MEMORIES}/{saved}", json={"content": NEW}).raise_for_status()
    words = set(SearchWord.objects.filter(holder=holders.PUBLIC).values_list("text", flat=True))
    assert {"lion", "tiger", "quay"} <= words
    found = mina.post("/superthread/search", json={"query": "harbour"}).json()["results"]
    assert found == []
    assert len(mina.post("/superthread/search", json={"query": "quay lion"}).json()["results"]) == 1
