"""As-of reads where retention has cut off the beginning of the journal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from memory_hub.core.text import rfc3339
from memory_hub.journal import retention, sealing, sequencer
from memory_hub.journal.models import Entry, Seal
from superthread.models import CutState
from superthread.tests.feed.acts import accept, now, one_of, share
from superthread.tests.feed.test_as_it_was import LIST, as_of, facts, listed
from superthread.tests.feed.test_searching_the_past import found, ids


@pytest.fixture
def cut(settings):
    """Cuts off all there is; the moment of the oldest entry that is left, as far as it is known."""
    settings.HUB_JOURNAL_KEPT = 86_400

    def carry_out():
        sequencer.sequence()
        while sealing.seal():
            pass
        last = Entry.newest()
        Seal.objects.update(at=timezone.now() - timedelta(days=2))
        assert retention.prune()
        assert Entry.oldest() == last + 1

    return carry_out


def test_what_was_last_changed_before_the_cut_is_found_as_of_later(people, cut):
    mina, jun, _ = people
    kept = mina.save("The quokka sleeps.", category="a", metadata={"n": 1})
    mina.patch(one_of(kept), json={"content": "The quokka dives."})
    kept = mina.patch(one_of(kept), json={"scope": "team", "team_key": "alpha"}).json()
    shared = mina.save("A shared quokka.")
    share(mina, shared, jun="editor")
    accept(jun, shared)
    trashed = mina.save("A lost quokka.")
    mina.delete(one_of(trashed))
    cut()
    then = now()
    mina.patch(one_of(kept), json={"content": "The walrus.", "scope": "personal"})
    mina.patch(one_of(shared), json={"content": "A heron."})
    mina.post(f"{one_of(trashed)}/undelete")
    assert facts(as_of(mina, kept, then).json()) == facts(kept)
    assert as_of(mina, kept, now()).json()["content"] == "The walrus."
    assert as_of(mina, trashed, then).status_code == 404
    told = [one["content"] for one in listed(mina, then)]
    assert sorted(told) == ["A shared quokka.", "The quokka dives."]
    assert [facts(one) for one in listed(mina, then, scope="team")] == [facts(kept)]
    assert [one["content"] for one in listed(jun, then)] == ["A shared quokka."]
    assert as_of(jun, kept, then).status_code == 404
    assert set(ids(found(mina, "quokka", then))) == {kept["doc_id"], shared["doc_id"]}
    assert found(mina, "walrus", then) == []


def test_a_second_cut_goes_on_from_the_first(mina, cut):
    memory, still = mina.save("One."), mina.save("Still.")
    cut()
    then = now()
    second = mina.patch(one_of(memory), json={"content": "Two."}).json()
    cut()
    later = now()
    mina.patch(one_of(memory), json={"content": "Three."})
    assert facts(as_of(mina, memory, later).json()) == facts(second)
    assert {one["doc_id"] for one in listed(mina, later)} == {memory["doc_id"], still["doc_id"]}
    assert as_of(mina, memory, then).json()["errors"][0]["code"] == "too-far"


def test_what_is_before_the_oldest_kept_entry_is_too_far_and_the_nearest_moment_is_named(mina, cut):
    memory = mina.save("The quokka.")
    then = now()
    cut()
    nearest = rfc3339(Entry.objects.get(position=Entry.oldest()).at)
    answers = (
        as_of(mina, memory, then),
        mina.get(LIST, params={"at": then}),
        mina.post("/superthread/search", json={"query": "quokka", "at": then}),
    )
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "too-far"
        assert answer.json()["nearest"] == nearest
    assert as_of(mina, memory, nearest).json()["content"] == "The quokka."
    assert [one["doc_id"] for one in listed(mina, nearest)] == [memory["doc_id"]]
    assert ids(found(mina, "quokka", nearest)) == [memory["doc_id"]]


def test_nothing_is_kept_of_what_was_purged(mina, cut):
    memory = mina.save("Gone.")
    mina.save("Stays.")
    cut()
    assert CutState.objects.count() == 2
    mina.delete(one_of(memory))
    assert mina.delete(f"{one_of(memory)}?permanent=true").status_code == 204
    cut()
    assert CutState.objects.count() == 1
