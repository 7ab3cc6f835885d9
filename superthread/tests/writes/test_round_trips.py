"""A save goes to the database at once: memory, version, index, totals and journal together."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from superthread.models import Memory, SearchDocument, SearchTerm, Version
from superthread.search.index import pruning, vocabulary
from superthread.search.index.packing import code_of
from superthread.services import save
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person

POSTGRES = connection.vendor == "postgresql"
TEXTS = [f"Mina keeps the {word} of the harbour." for word in ("ledger", "anchor", "garden")]
TABLES = ["superthread_memory", "superthread_version", "superthread_search_document", "journal_"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    """Somebody whose texts were saved before: the process has met their words."""
    by = person("mina@example.com")
    save.save_all([Draft(text) for text in TEXTS], by=by)
    return by


def statements(drafts, by):
    """What was sent to the database for a save, but for the ends of savepoints."""
    with CaptureQueriesContext(connection) as captured:
        save.save_all(drafts, by=by)
    sent = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in sent if "SAVEPOINT" not in sql and "nextval" not in sql]


@pytest.mark.parametrize("count", [1, 3])
def test_all_rows_of_a_save_are_sent_together_however_many_they_are(by, count):
    *asked, written = statements([Draft(text) for text in TEXTS[:count]], by)
    assert all(f"INSERT INTO {table}" in written.replace('"', "") for table in TABLES)
    # PostgreSQL proves the words that the process knows; SQLite is asked for them.
    assert len(asked) == (0 if POSTGRES else 1), asked


def test_a_new_word_is_asked_for_and_added_first(by):
    *asked, _ = statements([Draft("Mina keeps the zeppelin.")], by)
    assert len(asked) == 2
    assert "INSERT INTO superthread_search_term" in asked[1]


@pytest.mark.parametrize("text", ["...", "—", "the"])
def test_a_text_without_any_term_is_sent_once(by, text):
    (written,) = statements([Draft(text)], by)
    assert all(f"INSERT INTO {table}" in written.replace('"', "") for table in TABLES)


def found(word):
    """The ids of memories that the index has for a word."""
    term = SearchTerm.objects.get(text=word)
    return {one.pk for one in SearchDocument.objects.all() if code_of(term.pk) in bytes(one.terms)}


def test_a_word_that_was_pruned_is_not_written_by_the_id_it_had(by):
    SearchDocument.objects.all().delete()
    assert pruning.prune() > 0
    (row,) = save.save_all([Draft(TEXTS[0])], by=by)
    assert found("ledger") == {row["id"]}


def test_an_id_that_is_another_words_by_now_is_not_written(by):
    SearchTerm.objects.filter(text="anchor").update(text="other")
    rows = save.save_all([Draft(TEXTS[0]), Draft(TEXTS[1])], by=by)
    saved = {row["id"] for row in rows}
    assert found("ledger") >= {rows[0]["id"]}
    assert found("anchor") == {rows[1]["id"]}
    assert saved.isdisjoint(found("other"))
    assert Version.objects.filter(memory_id__in=saved).count() == 2


def test_ids_that_turn_wrong_again_and_again_keep_no_save_from_ending(by, monkeypatch):
    """Others prune and meet words while this one tries again."""
    monkeypatch.setattr(vocabulary._kept, "found", lambda terms: dict.fromkeys(terms, 10**9))
    (row,) = save.save_all([Draft(TEXTS[0])], by=by)
    assert row["id"] in found("ledger")


@pytest.mark.only_on("postgresql")
def test_a_key_that_somebody_else_has_by_now_is_not_tried_for_ever(by):
    last = Memory.objects.order_by("pk").last()
    save._keys._kept[:0] = [last.pk]
    (row,) = save.save_all([Draft(TEXTS[0])], by=by)
    assert row["id"] > last.pk


ODD = ["null", "NULL", "{}", '"', "\\", "a,b", 'a "b" \\{c}', "'", "한글", "\n", "%s %% $1"]


def test_every_text_is_stored_as_it_is(by):
    drafts = [Draft(f"{text}x" if text == "\n" else text, metadata={"m": text}) for text in ODD]
    rows = save.save_all(drafts, by=by)
    for draft, row in zip(drafts, rows, strict=True):
        kept = Memory.objects.get(pk=row["id"])
        assert (kept.content, kept.metadata) == (draft.content, draft.metadata)
        assert (kept.path, kept.team_id, kept.expires_at) == (None, None, None)
        version = Version.objects.get(memory_id=row["id"])
        assert (version.content, version.metadata) == (draft.content, draft.metadata)
    assert rows[0]["id"] in found("null")


def test_what_the_database_refuses_is_refused_and_leaves_nothing(by):
    before = Memory.objects.count()
    prepared = save.prepare([Draft(TEXTS[0])], by=by)
    prepared.rows[0]["size"] = 0
    with pytest.raises(IntegrityError):
        save.store_all(prepared)
    assert Memory.objects.count() == before
