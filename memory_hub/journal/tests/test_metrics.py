"""What Prometheus is shown of the journal."""

from django.db import connection, transaction

from memory_hub.core.identity import Actor, Origin
from memory_hub.database.statements import run
from memory_hub.journal import sealing, sequencer
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact
from memory_hub.journal.metrics import families


def shown():
    return {one.name.removeprefix("memory_hub_journal_"): one.samples[0][1] for one in families()}


def test_how_far_it_is_and_what_waits(young):
    before = shown()["entries_total"]
    with transaction.atomic():
        run(append([Fact("test.done", Actor(1), Origin("rest"))]))
    found = shown()
    if connection.vendor == "postgresql":
        assert (found["waiting"], found["entries_total"]) == (1, before)
        assert 0 <= found["waiting_seconds"] < 60
        sequencer.sequence()
        found = shown()
    assert (found["waiting"], found["waiting_seconds"]) == (0, 0.0)
    assert found["entries_total"] == before + 1
    assert found["unsealed"] >= 1
    assert 0 < found["unsealed_seconds"] < 60
    sealing.seal()
    assert (shown()["unsealed"], shown()["unsealed_seconds"]) == (0, 0.0)
