"""Seals: what is altered afterwards is found, what may be erased is not missed."""

from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from memory_hub.core.identity import Actor, Origin
from memory_hub.database.statements import run
from memory_hub.journal import hashing, models, sealing, sequencer
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact
from memory_hub.journal.models import Entry, Seal
from memory_hub.journal.verifying import verify


@transaction.atomic
def write(number):
    run(
        append(
            [
                Fact(f"test.{at}", Actor(1), Origin("rest", f"r{number}"), subject_id=at)
                for at in range(number)
            ]
        )
    )


@pytest.fixture
def sealed(young):
    """Three seals, of 3, 2 and 4 entries; the position before the first."""
    for number in (3, 2, 4):
        write(number)
        sequencer.sequence()
        sealing.seal()
    assert Seal.objects.count() == 3
    return list(Entry.objects.order_by("position").values_list("position", flat=True))


def told(**options):
    out = StringIO()
    call_command("verify_journal", stdout=out, **options)
    return out.getvalue()


def problems(**options):
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_journal", stderr=errors, **options)
    return errors.getvalue()


def test_what_nobody_touched_is_good_and_the_head_is_told(sealed):
    found = sealing.head()
    text = told()
    assert "Good: 9 entries in 3 seals." in text
    assert f"Head: {found.position} {found.hash.hex()}" in text
    assert "Good" in told(head=found.hash.hex())


def test_what_is_not_sealed_yet_is_counted(sealed):
    write(2)
    sequencer.sequence()
    assert "Good: 11 entries in 3 seals, 2 not sealed yet." in told()


@pytest.mark.parametrize(
    "change", [{"actor_id": 2}, {"via": "admin"}, {"space": 7}, {"origin_hash": None}]
)
def test_an_altered_entry_is_found(sealed, change):
    Entry.objects.filter(pk=sealed[3]).update(**change)
    assert f"The entries {sealed[3]} to {sealed[4]} are not what was sealed." in problems()


def test_a_removed_entry_is_named(sealed):
    Entry.objects.filter(pk=sealed[1]).delete()
    assert f"there is no {sealed[1]}." in problems()


def test_exchanged_entries_are_found(sealed):
    first, second = (Entry.objects.get(pk=sealed[at]) for at in (0, 1))
    first.position, second.position = second.position, first.position
    first.save()
    second.save()
    assert f"The entries {sealed[0]} to {sealed[2]} are not what was sealed." in problems()


def test_a_removed_seal_and_one_made_anew_without_the_key_are_found(sealed, settings):
    seal = Seal.objects.get(first=sealed[3])
    Seal.objects.filter(pk=seal.pk).delete()
    assert "a seal is missing" in problems()
    seal.mac = hashing.chained(b"", 1, 2, bytes(seal.root))
    seal.save()
    assert "was not made with this hub's SECRET_KEY" in problems()


def test_a_chain_that_was_calculated_anew_is_found_by_its_macs(sealed):
    Entry.objects.filter(pk=sealed[0]).update(actor_id=F("actor_id") + 1)
    before = hashing.NOTHING
    for seal in Seal.objects.order_by("last"):
        said = Entry.objects.filter(position__range=(seal.first, seal.last)).order_by("position")
        seal.root = hashing.root([hashing.leaf(one) for one in said.values_list(*hashing.SAID)])
        seal.hash = before = hashing.chained(before, seal.first, seal.last, seal.root)
        seal.save()
    assert problems().count("SECRET_KEY") == 3


def test_an_end_that_was_cut_off_is_found_with_a_head_that_was_kept(sealed):
    kept = sealing.head().hash.hex()
    cut = Seal.objects.get(first=sealed[5])
    for table in (Entry, models.Origin):
        table.objects.filter(position__gte=cut.first).delete()
    cut.delete()
    assert "Good" in told()
    assert f"The head {kept} is not in the chain" in problems(head=kept)


def test_an_altered_origin_is_found_and_an_erased_one_is_not_missed(sealed):
    models.Origin.objects.filter(pk=sealed[0]).update(address="192.0.2.1")
    assert f"The origin of entry {sealed[0]} is not the one it had." in problems()
    models.Origin.objects.filter(pk=sealed[0]).delete()
    models.Audience.objects.all().delete()
    assert "Good" in told()


def test_a_tree_is_as_rfc_6962_has_it():
    def node(left, right):
        return sha256(b"\x01" + left + right).digest()

    a, b, c, d, e = (bytes([number]) * 32 for number in range(5))
    assert hashing.root([a]) == a
    assert hashing.root([a, b, c]) == node(node(a, b), c)
    assert hashing.root([a, b, c, d, e]) == node(node(node(a, b), node(c, d)), e)


def test_many_are_sealed_part_by_part(young, monkeypatch):
    monkeypatch.setattr(sealing, "MOST", 4)
    write(9)
    sequencer.sequence()
    rounds = 1
    while sealing.seal():
        rounds += 1
    assert rounds == 3
    assert verify().problems == []
    assert sealing.head().position == Entry.objects.order_by("position").last().position


def test_two_who_seal_at_once_leave_one_seal(sealed):
    write(2)
    sequencer.sequence()
    before = sealing.head()
    sealing.seal()
    made = Seal.objects.order_by("last").last()
    write(1)
    sequencer.sequence()
    # Another one looked before that, and comes late with more.
    late = Seal(last=made.last + 1, first=made.first, at=made.at, root=made.root, hash=b"", mac=b"")
    sealing._store(late, before)
    assert verify().problems == []


def test_the_keeper_seals_what_was_appended_and_tells_the_head(
    transactional_db, young, caplog, make_keeper
):
    caplog.set_level("INFO")
    keeper = make_keeper()
    write(2)
    keeper.turn()
    assert Seal.objects.count() == 1
    assert f"Journal head: {sealing.head().position} {sealing.head().hash.hex()}" in caplog.text
    write(1)
    keeper.appended()
    assert keeper.turn() == (0.1 if connection.vendor == "postgresql" else 5)
    # As if it were some seconds later.
    keeper._sealed = float("-inf")
    keeper.turn()
    assert (Seal.objects.count(), verify().unsealed) == (2, 0)
