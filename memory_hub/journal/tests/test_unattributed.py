"""What nobody told of is an entry and a line in the log."""

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DatabaseError
from django.test import TestCase

from memory_hub.accounts.models import User
from memory_hub.caching.invalidation import untold
from memory_hub.journal import keeper, unattributed
from testing.journaling import journaling


@pytest.fixture
def noted(db, monkeypatch):
    """As in production, but that the test is the one who writes it down."""
    monkeypatch.setattr(keeper.Loop, "start", lambda self: None)
    untold.connect(keeper.note_untold)
    yield
    untold.disconnect(keeper.note_untold)
    unattributed._waiting.clear()


def silently():
    with TestCase.captureOnCommitCallbacks(execute=True):
        User.objects.update_or_create(email="mina@example.com", defaults={"is_active": False})


def test_an_entry_names_the_tables_and_so_does_the_log(noted, caplog):
    with journaling() as entries:
        silently()
        unattributed.write_down()
    (entry,) = entries
    assert (entry.kind, entry.via, entry.actor_id) == ("hub.unattributed", "hub", None)
    assert entry.origin.detail == {"tables": ["accounts_user"]}
    assert "Changed without an event: accounts_user" in caplog.text


def test_what_cannot_be_written_down_waits(noted, monkeypatch):
    def fail(statements):
        raise DatabaseError("disk full")

    silently()
    with monkeypatch.context() as patched:
        patched.setattr(unattributed, "run", fail)
        with pytest.raises(DatabaseError):
            unattributed.write_down()
    with journaling() as entries:
        unattributed.write_down()
        unattributed.write_down()
    assert [entry.kind for entry in entries] == ["hub.unattributed"]


def test_a_migration_is_no_such_change(noted, caplog):
    emit_pre_migrate_signal(0, False, "default")
    silently()
    emit_post_migrate_signal(0, False, "default")
    assert "without an event" not in caplog.text
    silently()
    assert "without an event" in caplog.text
