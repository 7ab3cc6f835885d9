"""What is appended with a change: its columns, its commitments, its change's number."""

from datetime import timedelta
from hashlib import sha256

import orjson
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from memory_hub.core.identity import HUB, Actor, Origin
from memory_hub.database.statements import run
from memory_hub.journal import append as appending
from memory_hub.journal import sequencer
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact, commitment
from memory_hub.journal.models import Audience, Entry
from superthread.models import Memory, Version
from superthread.services import save, sharing
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from testing.journaling import journaling


@transaction.atomic
def write(*facts):
    run(append(facts))


def _fact(kind="test.done", request_id="", **more):
    return Fact(kind, Actor(1, 2), Origin("rest", request_id), **more)


def test_a_change_of_a_memory_is_an_entry_with_its_place_and_commitments(db):
    mina = person("mina@example.com")
    with journaling() as entries:
        row = save.save(Draft("Jun has the key."), by=mina)
    (entry,) = entries
    memory = Memory.objects.get(pk=row["id"])
    assert (entry.kind, entry.subject_id) == ("memory.created", memory.pk)
    assert entry.doc_id == row["doc_id"]
    assert (entry.revision, entry.version, entry.owner_id) == (1, 1, mina.user_id)
    assert (entry.space, entry.old_space) == (mina.user_id, None)
    salt = Version.objects.get(memory=memory).salt
    expected = sha256(bytes.fromhex(salt) + b"Jun has the key.").digest()
    assert bytes(entry.content_hash) == expected


def test_a_move_has_both_places_and_whom_it_was_granted_to(mina, api):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    team = mina.get("/accounts/teams/alpha").json()
    saved = mina.save("Jun has the key.")
    path = f"/superthread/permissions/{saved['doc_id']}"
    mina.post(path, json={"permissions": {"jun@example.com": "viewer"}})
    with journaling() as entries:
        place = {"scope": "team", "team_key": team["team_key"]}
        mina.patch(f"/superthread/memories/{saved['doc_id']}", json=place)
        mina.patch(f"/superthread/memories/{saved['doc_id']}", json={"scope": "public"})
    there, public = entries
    assert there.old_space == mina.user.pk
    assert there.space < 0
    assert (public.space, public.old_space) == (0, there.space)
    told = Audience.objects.filter(position__in=[there.position, public.position])
    assert {one.who for one in told} == {"jun@example.com"}
    assert told.count() == 2


def test_the_origin_is_what_the_entry_is_committed_to(db):
    with journaling() as entries:
        write(_fact(request_id="r", detail={"b": "x", "a": None}), _fact())
    with_origin, without = entries
    origin = with_origin.origin
    said = orjson.dumps(["r", "", {"a": None, "b": "x"}])
    assert bytes(with_origin.origin_hash) == commitment(origin.salt, said)
    assert (without.origin, without.origin_hash) == (None, None)


def test_what_one_caller_does_in_a_transaction_is_one_change(db):
    with journaling() as entries:
        with transaction.atomic():
            run(append([_fact(request_id="a"), _fact(request_id="b")]))
            run(append([_fact(request_id="a")]))
        write(_fact(request_id="a"))
    numbers = [(entry.change, entry.origin.request_id) for entry in entries]
    assert len(set(numbers)) == 3
    # A change is not torn apart where changes are numbered at once.
    if connection.vendor == "postgresql":
        assert [request for _, request in numbers] == ["b", "a", "a", "a"]
    assert numbers.count(max(numbers, key=numbers.count)) == 2


def test_what_is_rolled_back_is_not_in_the_journal(db):
    @transaction.atomic
    def cut_off():
        run(append([_fact("test.never")]))
        raise ZeroDivisionError

    with journaling() as entries, transaction.atomic():
        run(append([_fact("test.first")]))
        with pytest.raises(ZeroDivisionError):
            cut_off()
        run(append([_fact("test.last")]))
    assert [entry.kind for entry in entries] == ["test.first", "test.last"]
    assert entries[0].change == entries[1].change


def test_more_than_a_statement_holds_keep_their_order_and_their_origins(db, monkeypatch):
    monkeypatch.setattr(appending, "AT_ONCE", 3)
    facts = [
        _fact(
            subject_id=number,
            detail={"n": number} if number % 2 else {},
            audience=(f"{number}@x",),
        )
        for number in range(8)
    ]
    with journaling() as entries:
        write(*facts)
    assert [entry.subject_id for entry in entries] == list(range(8))
    for entry in entries:
        assert (entry.origin.detail["n"] if entry.origin else None) == (
            entry.subject_id if entry.subject_id % 2 else None
        )
        (told,) = Audience.objects.filter(position=entry.position)
        assert told.who == f"{entry.subject_id}@x"


def test_positions_have_no_gaps_and_times_never_fall(db, monkeypatch):
    with journaling() as entries:
        write(_fact())
        sequencer.sequence()
        # As if the clock had been set back since.
        later = timezone.now() + timedelta(hours=1)
        Entry.objects.update(at=later)
        write(_fact())
    assert entries[1].position == entries[0].position + 1
    assert [entry.at for entry in entries] == [later, later]


def test_who_saves_together_is_told_apart(db):
    """The leader of a group commit writes for others: their changes stay theirs."""
    callers = [person(f"{name}@example.com") for name in "abc"]
    with journaling() as entries, transaction.atomic():
        save._store_group([save.prepare([Draft("one")], by=by) for by in callers])
    owners = dict(Memory.objects.values_list("pk", "owner_id"))
    assert {entry.subject_id: entry.actor_id for entry in entries} == owners
    assert len({entry.change for entry in entries}) == len(callers)


def test_a_save_takes_no_further_round_trip(db):
    mina = person("mina@example.com")
    save.save(Draft("Warm."), by=mina)
    with CaptureQueriesContext(connection) as captured:
        save.save(Draft("Jun has the key."), by=mina)
    journal = [query["sql"] for query in captured if "journal_" in query["sql"]]
    if connection.vendor == "postgresql":
        assert len(journal) == 1
        assert "superthread_search" in journal[0]
    else:
        assert len(journal) <= 2


def test_grants_say_to_whom(db):
    mina = person("mina@example.com")
    row = save.save(Draft("Jun has the key."), by=mina)
    with journaling() as entries:
        sharing.change_grants(
            doc_id=str(row["doc_id"]), changes={"jun@example.com": "editor"}, by=mina
        )
    (entry,) = entries
    assert (entry.kind, entry.origin.detail) == (
        "grant.offered",
        {"email": "jun@example.com", "before": None, "after": "editor"},
    )
    assert Audience.objects.get(position=entry.position).who == "jun@example.com"


def test_the_hub_itself_acts_without_a_user(db):
    with journaling() as entries:
        write(Fact("test.done", HUB.actor, HUB.origin))
    assert (entries[0].actor_id, entries[0].token_id, entries[0].via) == (None, None, "hub")


@pytest.mark.only_on("sqlite")
def test_an_origin_is_a_row_of_one_table_and_of_no_index(db):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA index_list(journal_origin)")
        assert cursor.fetchall() == []
