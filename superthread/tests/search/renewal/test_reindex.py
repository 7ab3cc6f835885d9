"""manage.py reindex, and what is said while memories are indexed by an old analyzer."""

import io

from django.core.management import call_command

from memory_hub.core.identity import OPERATOR
from memory_hub.database.statements import run
from superthread.models import Memory, SearchDocument, SearchTerm
from superthread.search.index import indexer
from superthread.search.index.holders import PUBLIC
from superthread.services.upkeep import reindexing, rewriting


def reindex(*arguments):
    return call_command("reindex", "--quiet", *arguments, stdout=io.StringIO())


def check():
    """What the system checks say about the database."""
    said = io.StringIO()
    call_command("check", tags=["database"], databases=["default"], stderr=said, stdout=said)
    return said.getvalue()


def test_a_changed_analyzer_is_noticed_and_reindex_sets_it_right(
    mina, contents, index_of, older_analyzer
):
    mina.save("The zebra crossed the road.")
    mina.save("The giraffe did not.")
    before = index_of()
    assert "W001" not in check()
    older_analyzer()
    assert "superthread.W001" in check()
    assert contents(mina, "zebra") == []
    assert reindex().startswith("Indexed 2 memories")
    assert "W001" not in check()
    assert contents(mina, "zebra") == ["The zebra crossed the road."]
    assert index_of() == before
    assert not SearchTerm.objects.filter(text="zeb").exists()


def test_what_is_up_to_date_is_left_alone(mina):
    mina.save("The zebra crossed the road.")
    assert reindex().startswith("Indexed 0 memories")
    assert reindex("--all").startswith("Indexed 1 memories")


def test_stopped_half_way_it_goes_on_where_it_was(mina, index_of, older_analyzer, monkeypatch):
    for number in range(5):
        mina.save(f"zebra number {number}")
    before = index_of()
    older_analyzer()
    monkeypatch.setattr(rewriting, "AT_ONCE", 2)
    part = reindexing.reindex(by=OPERATOR)
    assert next(part) == 2
    part.close()
    assert reindexing.outdated().count() == 3
    assert reindex().startswith("Indexed 3 memories")
    assert index_of() == before


def test_a_small_space_takes_over_whole_or_not_at_all(mina, contents, older_analyzer, monkeypatch):
    for content in ("zebra one", "zebra two"):
        mina.save(content)
    older_analyzer()
    read, revisions = rewriting.read, [7]

    def overtaken(ids):
        found = read(ids)
        if revisions:
            Memory.objects.filter(content="zebra one").update(revision=revisions.pop())
        return found

    monkeypatch.setattr(rewriting, "read", overtaken)
    run = reindexing.reindex(by=OPERATOR)
    assert next(run) == 2
    assert not revisions
    assert (len(contents(mina, "zeb")), contents(mina, "zebra")) == (2, [])
    sum(run)
    assert (len(contents(mina, "zebra")), contents(mina, "zeb")) == (2, [])


def test_long_memories_take_their_transactions_for_themselves(mina, monkeypatch):
    for content in ("zebra", "giraffe", "an okapi " * 10, "a gnu"):
        mina.save(content)
    monkeypatch.setattr(rewriting, "BYTES_AT_ONCE", 20)
    steps = reindexing.reindex(everything=True, by=OPERATOR)
    assert [count for count in steps if count] == [2, 1, 1]


def test_memories_that_were_never_indexed_are_found_afterwards(mina, contents):
    mina.save("The zebra crossed the road.")
    SearchDocument.objects.all().delete()
    assert contents(mina, "zebra") == []
    reindex()
    assert contents(mina, "zebra") == ["The zebra crossed the road."]


def test_what_belongs_to_no_memory_is_removed(mina, index_of):
    mina.save("The zebra crossed the road.")
    before = index_of()
    ghost = indexer.prepare([indexer.count_terms("A ghost of a giraffe")])
    run(indexer.written([10**6], ghost, [PUBLIC]))
    assert "removed 1 that no longer exist and 2 words" in reindex()
    assert index_of() == before
