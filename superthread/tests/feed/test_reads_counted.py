"""Reads of shared memories and refusals: counted, by whom and with which token, also where a kept
answer was given; a flood of them adds a handful of rows."""

import threading

import pytest
from django.db import Error

from memory_hub.core.identity import Identity
from memory_hub.http.response_cache import ResponseCache
from memory_hub.journal import accesses, tallies
from memory_hub.journal.models import Access
from memory_hub.journal.tallies import AnswerTally, Key
from superthread.models import Memory
from superthread.tests.feed.acts import accept, one_of, share
from testing.clients.admin_site import Browser

pytestmark = pytest.mark.usefixtures("nothing_counted")


@pytest.fixture
def shared(people):
    """Mina's, which Sora may read."""
    mina, _, sora = people
    memory = mina.save("Jun has the key.")
    share(mina, memory, sora="viewer")
    accept(sora, memory)
    accesses.flush()
    Access.objects.all().delete()
    return memory


def counted(**chosen):
    """Kind and count of each row."""
    accesses.flush()
    return {one.kind: one.count for one in Access.objects.filter(**chosen)}


def key_of(memory):
    return Memory.objects.get(doc_id=memory["doc_id"]).pk


def test_a_read_of_anothers_memory_counts_for_the_reader_and_the_token(people, shared):
    mina, _, sora = people
    assert sora.get(one_of(shared)).status_code == 200
    mina.get(one_of(shared))
    accesses.flush()
    (row,) = Access.objects.all()
    token = sora.get("/accounts/tokens").json()["tokens"][0]["id"]
    assert (row.kind, row.subject_id, row.count) == ("read.whole", key_of(shared), 1)
    assert (row.actor_id, row.token_id) == (sora.user.pk, token)


def test_kept_answers_count_as_well(people, shared, monkeypatch):
    _, _, sora = people
    given = []
    at_once = ResponseCache.note_hit
    monkeypatch.setattr(
        ResponseCache, "note_hit", lambda self, kept: (given.append(1), at_once(self, kept))
    )
    for _ in range(10):
        assert sora.get(one_of(shared)).status_code == 200
    assert len(given) >= 8
    assert counted() == {"read.whole": 10}
    for _ in range(5):
        sora.get(one_of(shared))
    assert counted() == {"read.whole": 15}
    assert counted() == {"read.whole": 15}


def test_kept_answers_of_the_long_way_count_as_well(people, shared, monkeypatch):
    _, _, sora = people
    monkeypatch.setattr(ResponseCache, "at_once", lambda *_: None)
    for _ in range(10):
        sora.get(one_of(shared))
    assert counted() == {"read.whole": 10}


def test_what_was_shown_in_part_and_old_texts_are_told_apart(people, shared):
    mina, _, sora = people
    listed = sora.get("/superthread/memories", params={"scope": "all", "content": "none"}).json()
    assert [one["doc_id"] for one in listed["memories"]] == [shared["doc_id"]]
    assert counted() == {"read.part": 1}
    for _ in range(3):
        sora.get("/superthread/memories", params={"scope": "all"})
    sora.post("/superthread/search", json={"query": "key", "content": "full"})
    assert counted() == {"read.part": 1, "read.whole": 4}
    share(mina, shared, sora="editor")
    version = sora.get(f"/superthread/versions/{shared['doc_id']}").json()["versions"][0]
    sora.get(f"/superthread/versions/{shared['doc_id']}/{version['version_id']}")
    assert counted()["read.version"] == 1


def test_who_has_it_already_or_asks_for_the_head_was_shown_nothing(people, shared):
    _, _, sora = people
    tag = sora.head(one_of(shared)).headers["etag"]
    assert counted() == {}
    assert sora.get(one_of(shared), headers={"If-None-Match": tag}).status_code == 304
    assert counted() == {}


def test_a_look_at_the_admin_counts(people, shared):
    root = Browser()
    root.text(f"/admin/superthread/memory/{key_of(shared)}/change/")
    assert counted(actor_id=root.user.pk) == {"read.whole": 1}


def test_refusals_count_for_who_is_known_and_else_for_the_address(people, shared, nobody):
    mina, jun, _ = people
    assert jun.get(one_of(shared)).status_code == 404
    assert nobody.get(one_of(shared)).status_code == 401
    assert mina.post("/accounts/teams", json={"team_key": "alpha"}).status_code == 409
    accesses.flush()
    known, unknown = Access.objects.order_by("kind").all()[::-1]
    route = "/superthread/memories/{doc_id}"
    assert (known.kind, known.route, known.actor_id) == ("refused.404", route, jun.user.pk)
    assert known.token_id
    assert not known.address
    assert (unknown.kind, unknown.route, unknown.actor_id) == ("refused.401", route, 0)
    assert unknown.address == "127.0.0.1"


def test_a_flood_of_bad_tokens_adds_a_row(nobody):
    for number in range(200):
        nobody.headers = {"Authorization": f"Bearer mh_{number:043}"}
        nobody.get("/superthread/memories")
    assert counted() == {"refused.401": 200}
    assert Access.objects.count() == 1


def test_a_flood_from_everywhere_is_counted_and_takes_a_bounded_number_of_rows(db, monkeypatch):
    monkeypatch.setattr(tallies, "MOST_REFUSALS", 10)
    for number in range(500):
        tallies.refused(401, "/superthread/memories", f"10.0.{number // 250}.{number % 250}", None)
        if number % 100 == 99:
            accesses.flush()
    rows = Access.objects.all()
    assert rows.count() == 11
    assert sum(row.count for row in rows) == 500
    assert rows.get(address="").count == 490


def test_a_flood_from_everywhere_hides_no_refusal_of_a_known_token(db, monkeypatch):
    monkeypatch.setattr(tallies, "MOST_REFUSALS", 10)
    for number in range(20):
        tallies.refused(401, "/superthread/memories", f"10.0.0.{number}", None)
    sora = Identity(7, "sora@example.com", frozenset(), token_id=3)
    tallies.refused(404, "/superthread/memories/{doc_id}", "10.0.0.1", sora)
    accesses.flush()
    known = Access.objects.get(kind="refused.404")
    assert (known.actor_id, known.token_id) == (7, 3)
    # Nor one of them those of everywhere, or of another.
    monkeypatch.setattr(tallies, "MOST_OF_A_USER", 10)
    for number in range(20):
        tallies.refused(403, f"/route/{number}", "10.0.0.1", sora)
    jun = Identity(8, "jun@example.com", frozenset(), token_id=4)
    tallies.refused(403, "/route/1", "10.0.0.1", jun)
    accesses.flush()
    assert Access.objects.filter(actor_id=7).count() == 11
    assert Access.objects.get(actor_id=7, route="", kind="refused.403").count == 11
    assert Access.objects.get(actor_id=8).count == 1


def test_more_reads_than_are_held_are_counted_for_their_reader(db, monkeypatch):
    monkeypatch.setattr(tallies, "MOST_READS", 10)
    sora = Identity(7, "sora@example.com", frozenset(), token_id=3)
    for number in range(1, 101):
        tallies.read("read.whole", number, sora)
    accesses.flush()
    assert Access.objects.count() == 11
    rest = Access.objects.get(subject_id=0)
    assert (rest.count, rest.actor_id, rest.token_id) == (90, 7, 3)


def test_what_could_not_be_written_is_written_later(people, shared, monkeypatch):
    _, _, sora = people
    for _ in range(3):
        sora.get(one_of(shared))

    def away(*_):
        raise Error

    with monkeypatch.context() as patch:
        patch.setattr(accesses, "run", away)
        with pytest.raises(Error):
            accesses.flush()
    sora.get(one_of(shared))
    assert counted() == {"read.whole": 4}


def test_no_hit_is_lost_or_counted_twice_beside_whoever_writes_down():
    tally = AnswerTally([("read.whole", 1)], Identity(7, "", frozenset(), token_id=3))
    hits, taken, is_over = 50_000, [], threading.Event()

    def write_down():
        while not is_over.is_set():
            taken.append(sum(tallies.take().values()))

    writer = threading.Thread(target=write_down)
    writer.start()
    for _ in range(hits):
        tally.hit()
    is_over.set()
    writer.join()
    taken.append(sum(tallies.take().values()))
    assert sum(taken) == hits


def test_nothing_is_counted_where_that_is_off(people, shared, settings, nobody):
    settings.HUB_AUDIT_READS = "off"
    _, _, sora = people
    sora.get(one_of(shared))
    nobody.get(one_of(shared))
    assert counted() == {}


def test_every_read_has_its_row_before_it_is_answered(people, shared, settings):
    settings.HUB_AUDIT_READS = "every"
    _, _, sora = people
    for number in range(1, 4):
        sora.get(one_of(shared))
        rows = Access.objects.filter(kind="read.whole", subject_id=key_of(shared))
        assert rows.count() == number
    sora.get("/superthread/memories", params={"scope": "all"})
    assert rows.count() == 4
    assert {row.count for row in rows} == {1}


def test_there_is_no_answer_without_its_row(people, shared, settings, monkeypatch):
    settings.HUB_AUDIT_READS = "every"
    _, _, sora = people

    def away(*_):
        raise Error

    monkeypatch.setattr(accesses, "run", away)
    answer = sora.get(one_of(shared))
    assert answer.status_code >= 500
    assert "Jun has the key." not in answer.text


def test_rows_of_two_workers_add_up(db):
    key = Key("read.whole", 1, 7, 3)
    for _ in range(2):
        tallies.put_back({key: 5})
        accesses.flush()
    (row,) = Access.objects.all()
    assert row.count == 10
    assert row.first_at < row.last_at
