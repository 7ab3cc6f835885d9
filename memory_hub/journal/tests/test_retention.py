"""What is older than is wanted goes, in an order and with words that leave the rest verifiable."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from memory_hub.core.identity import Actor, Origin
from memory_hub.database.statements import run
from memory_hub.journal import models, retention, sealing, sequencer
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact
from memory_hub.journal.models import Access, Entry, Seal
from memory_hub.journal.verifying import verify, verify_newest

DAY = 86_400


@transaction.atomic
def write(number):
    facts = [
        Fact(f"test.{at}", Actor(1), Origin("rest", f"r{number}"), subject_id=at, audience=("x@y",))
        for at in range(number)
    ]
    run(append(facts))


def seal_at(days_ago):
    """Number and seal what there is, as if it were so many days ago."""
    sequencer.sequence()
    sealing.seal()
    last = Seal.objects.order_by("last").last()
    Seal.objects.filter(pk=last.pk).update(at=timezone.now() - timedelta(days=days_ago))
    return last


@pytest.fixture
def old(young):
    """Four seals, 500, 300, 100 and 0 days old."""
    seals = []
    for number, days_ago in ((3, 500), (2, 300), (4, 100), (1, 0)):
        write(number)
        seals.append(seal_at(days_ago))
    return seals


def pruned(settings, **kept):
    for name in ("HUB_JOURNAL_KEPT", "HUB_ORIGINS_KEPT", "HUB_READS_KEPT"):
        setattr(settings, name, kept.get(name, 0))
    return retention.prune()


def tables():
    return [
        sorted(table.objects.values_list("position", flat=True))
        for table in (Entry, models.Origin, models.Audience)
    ]


def told(**options):
    out = StringIO()
    call_command("verify_journal", stdout=out, **options)
    return out.getvalue()


def test_the_old_end_goes_seal_by_seal_and_the_rest_verifies(old, settings):
    first = Entry.objects.last().position
    heads = [one.hash.hex() for one in old]
    gone = pruned(settings, HUB_JOURNAL_KEPT=200 * DAY)
    assert gone == 15
    cut = old[1].last
    assert cut == first + 4
    for positions in tables()[1:]:
        assert positions == list(range(cut + 1, first + 10))
    entry = Entry.objects.first()
    assert (entry.kind, entry.subject_id, entry.actor_id) == ("journal.pruned", cut, None)
    assert list(Seal.objects.order_by("last").values_list("last", flat=True)) == [
        one.last for one in old[1:]
    ]
    sealing.seal()
    text = told()
    assert "Good" in text
    assert f"What was before {cut + 1} was cut off by retention." in text
    assert "Good" in told(head=heads[1])
    assert "Good" in told(head=heads[3])
    with pytest.raises(CommandError):
        told(head=heads[0])
    assert verify_newest().problems == []


def test_nothing_is_left_to_do_the_next_day(old, settings):
    pruned(settings, HUB_JOURNAL_KEPT=200 * DAY)
    before = tables()
    assert pruned(settings, HUB_JOURNAL_KEPT=200 * DAY) == 0
    assert tables() == before


def test_one_that_was_cut_off_goes_on(old, settings, monkeypatch):
    monkeypatch.setattr(retention, "_at_once", lambda: 2)
    left = retention._delete

    def dies_before_entries(model, until):
        if model is Entry:
            raise KeyboardInterrupt
        return left(model, until)

    with monkeypatch.context() as patch:
        patch.setattr(retention, "_delete", dies_before_entries)
        with pytest.raises(KeyboardInterrupt):
            pruned(settings, HUB_JOURNAL_KEPT=200 * DAY)
    sealing.seal()
    assert verify().problems == []
    assert pruned(settings, HUB_JOURNAL_KEPT=200 * DAY) == 5
    assert verify().problems == []


def test_by_default_entries_stay_for_ever(old, settings):
    before = Entry.objects.count()
    retention.prune()
    assert Entry.objects.count() == before


def test_where_they_came_from_goes_earlier(old, settings):
    entries = Entry.objects.count()
    assert pruned(settings, HUB_ORIGINS_KEPT=400 * DAY) == 3
    assert models.Origin.objects.count() == entries - 3
    assert (Entry.objects.count(), verify().problems) == (entries, [])


def test_reads_go_by_their_last_time(db, settings):
    for number, days_ago in enumerate((91, 91, 89, 0)):
        at = timezone.now() - timedelta(days=days_ago)
        Access.objects.create(
            period=at,
            first_at=at - timedelta(days=1),
            last_at=at,
            count=1,
            kind="read.whole",
            subject_id=number,
            actor_id=1,
            token_id=0,
        )
    assert pruned(settings, HUB_READS_KEPT=90 * DAY) == 2
    assert [one.subject_id for one in Access.objects.order_by("pk")] == [2, 3]


def test_an_old_end_that_somebody_else_cut_off_is_found(old, settings):
    for table in (Entry, models.Origin):
        table.objects.filter(position__lte=old[1].last).delete()
    Seal.objects.filter(last__lt=old[1].last).delete()
    assert any("a seal is missing" in one for one in verify().problems)


def test_what_is_removed_or_altered_behind_the_cut_is_found(old, settings):
    pruned(settings, HUB_JOURNAL_KEPT=200 * DAY)
    sealing.seal()
    Entry.objects.filter(pk=old[2].first).update(actor_id=F("actor_id") + 1)
    assert any("are not what was sealed" in one for one in verify().problems)
    anchor = Seal.objects.get(last=old[1].last)
    Seal.objects.filter(pk=anchor.pk).delete()
    assert any("where the journal was cut, is missing" in one for one in verify().problems)
    anchor.hash = bytes(32)
    anchor.save()
    assert any("SECRET_KEY" in one for one in verify().problems)
