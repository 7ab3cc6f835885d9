"""A follower whose place was cut off by retention is told to begin again."""

from datetime import timedelta

from django.utils import timezone

from memory_hub.journal import retention, sealing, sequencer
from memory_hub.journal.models import Seal

CHANGES = "/superthread/changes"


def test_a_place_that_was_pruned_is_gone_and_later_ones_are_not(mina, settings):
    mina.save("One.")
    early = mina.get(CHANGES, params={"cursor": "now"}).json()["next_cursor"]
    mina.save("Two.")
    sequencer.sequence()
    while sealing.seal():
        pass
    Seal.objects.update(at=timezone.now() - timedelta(days=2))
    mina.save("Three.")
    late = mina.get(CHANGES, params={"cursor": "now"}).json()["next_cursor"]
    settings.HUB_JOURNAL_KEPT = 86_400
    assert retention.prune()
    mina.save("Four.")
    answer = mina.get(CHANGES, params={"cursor": early})
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor-gone")
    told = mina.get(CHANGES, params={"cursor": late}).json()["changes"]
    assert [one["type"] for one in told] == ["memory.created"]
