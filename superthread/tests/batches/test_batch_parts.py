"""Large batches in parts: a transaction each, recorded under the key, which goes on from there."""

import pytest
from django.db import OperationalError

from memory_hub.caching.invalidation import in_transaction
from memory_hub.core import deadline
from memory_hub.core.errors import Unavailable
from memory_hub.idempotency.models import KeptPart
from superthread import limits
from superthread.models import Memory
from superthread.search.analysis import analyzer
from superthread.services import lifecycle, save
from superthread.services.steps import parts, writing

KEY = {"Idempotency-Key": "batch"}
NOTES = [{"content": f"note number {number}"} for number in range(7)]
# The calls, what each part of it writes with, and where that is.
VERBS = {
    "save": (save, "store_all"),
    "update": (writing, "apply_all"),
    "delete": (lifecycle, "trash_all"),
}


@pytest.fixture(autouse=True)
def parts_of_two(monkeypatch):
    """Two notes are as much as a part has room for."""
    # Of a change the metadata count too, "{}" each.
    monkeypatch.setattr(parts, "BYTES", 2 * len(NOTES[0]["content"] + "{}"))


@pytest.fixture
def send(mina):
    """``send(verb, **options)``: a batch of seven; of memories there are, but for "save"."""
    bodies = {"save": {"memories": NOTES}}

    def body(verb):
        if verb not in bodies:
            saved = mina.post("/superthread/batch/save", json={"memories": NOTES}).json()
            ids = [result["doc_id"] for result in saved["results"]]
            # Metadata: their contents are written anew all the same.
            updates = [{"doc_id": doc_id, "metadata": {"a": 1}} for doc_id in ids]
            bodies[verb] = {"update": {"updates": updates}, "delete": {"doc_ids": ids}}[verb]
        return bodies[verb]

    def call(verb, more=None, **options):
        return mina.post(f"/superthread/batch/{verb}", json=body(verb) | (more or {}), **options)

    call.ready = body
    return call


@pytest.fixture
def written(monkeypatch):
    """``written(verb, fails_at=…)``: the list of how many items each transaction wrote; that of the
    number given is lost."""

    def watch(verb, fails_at=None):
        module, name = VERBS[verb]
        function, sizes = getattr(module, name), []

        def counted(items, **options):
            assert in_transaction() or verb == "save"
            sizes.append(len(items.rows if verb == "save" else items))
            result = function(items, **options)
            if len(sizes) == fails_at:
                raise OperationalError("the connection was lost")
            return result

        monkeypatch.setattr(module, name, counted)
        return sizes

    return watch


def count(verb):
    """Of how many memories the batch has done what it is for."""
    done = {
        "save": Memory.objects.all(),
        "update": Memory.objects.filter(revision=2),
        "delete": Memory.objects.exclude(deleted_at=None),
    }
    return done[verb].count()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("headers", [{}, KEY], ids=["", "keyed"])
def test_a_large_batch_is_written_in_parts_and_answered_as_one(send, written, verb, headers):
    send.ready(verb)
    sizes = written(verb)
    answer = send(verb, headers=headers)
    assert (answer.status_code, sizes) == (200, [2, 2, 2, 1])
    body = answer.json()
    assert [result["index"] for result in body["results"]] == list(range(7))
    assert body["failed_count"] == 0
    assert count(verb) == 7
    assert not KeptPart.objects.exists()
    again = send(verb, headers=headers)
    assert ("Idempotent-Replayed" in again.headers) == bool(headers)
    if headers:
        assert again.content == answer.content


@pytest.mark.parametrize("verb", VERBS)
def test_a_keyed_batch_that_was_cut_off_is_gone_on_with(send, written, verb):
    send.ready(verb)
    sizes = written(verb, fails_at=3)
    lost = send(verb, headers=KEY)
    assert (lost.status_code, lost.json()["code"]) == (503, "unavailable")
    assert lost.headers["Retry-After"] == "1"
    assert count(verb) == 4
    sizes.clear()
    answer = send(verb, headers=KEY)
    assert (answer.status_code, sizes) == (200, [2, 1])
    assert [result["index"] for result in answer.json()["results"]] == list(range(7))
    assert count(verb) == 7
    assert not KeptPart.objects.exists()
    assert send(verb, headers=KEY).content == answer.content


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_key_a_batch_that_was_cut_off_tells_what_is_known(send, written, verb, caplog):
    send.ready(verb)
    written(verb, fails_at=3)
    answer = send(verb)
    assert "A batch was cut off: OperationalError" in caplog.messages
    assert (answer.status_code, answer.json()["code"]) == (503, "outcome-unknown")
    assert "Retry-After" not in answer.headers
    known = answer.json()["results"]
    assert [result["index"] for result in known] == [0, 1, 2, 3]
    assert count(verb) == 4


@pytest.mark.parametrize(
    ("more", "headers", "grown"),
    [
        ({}, {}, [2, 4, 6, 7]),
        # Before each part, for one under a key goes on where another ended.
        ({}, KEY, [0, 2, 4, 6]),
        # Of one that writes nothing there is nothing to tell.
        ({"dry_run": True}, {}, []),
    ],
)
def test_what_is_told_when_time_runs_out_grows_with_what_was_written(
    send, monkeypatch, more, headers, grown
):
    told = []
    monkeypatch.setattr(deadline, "tell", lambda **members: told.append(members))
    assert send("save", more, headers=headers).status_code == 200
    assert [len(one["results"]) for one in told if "results" in one] == grown


def test_no_part_is_begun_when_time_is_up(send, written, monkeypatch):
    sizes = written("save")

    def is_up_after_a_part():
        if sizes:
            raise deadline.TimeIsUp(Unavailable("It took too long."))

    monkeypatch.setattr(deadline, "require_time", is_up_after_a_part)
    answer = send("save")
    assert (answer.status_code, answer.json()["code"]) == (503, "outcome-unknown")
    assert (len(answer.json()["results"]), sizes, count("save")) == (2, [2], 2)


def test_what_failed_before_anything_was_written_may_be_sent_again(send, written):
    written("save", fails_at=1)
    answer = send("save")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert count("save") == 0


def test_the_key_of_a_batch_that_was_cut_off_is_for_that_batch_alone(send, written, mina):
    written("save", fails_at=2)
    assert send("save", headers=KEY).status_code == 503
    other = mina.post("/superthread/batch/save", json={"memories": NOTES[:3]}, headers=KEY)
    assert other.status_code == 422
    assert count("save") == 2


def test_refused_items_have_their_place_in_the_parts(mina, written):
    sizes = written("save")
    bad = {"content": ""}
    body = {"memories": [bad, NOTES[0], bad, NOTES[1], NOTES[2], bad]}
    results = mina.post("/superthread/batch/save", json=body).json()["results"]
    assert [result["status"] for result in results] == [400, 201, 400, 201, 201, 400]
    assert results[5]["problem"]["errors"][0]["pointer"] == "/memories/5/content"
    assert sizes == [2, 1]


@pytest.mark.parametrize("verb", VERBS)
def test_an_atomic_batch_is_one_transaction(send, written, verb):
    send.ready(verb)
    sizes = written(verb)
    assert send(verb, {"atomic": True}).status_code == 200
    assert sizes == [7]


@pytest.mark.parametrize("verb", VERBS)
def test_an_atomic_batch_that_would_take_too_long_is_refused_by_its_bytes(send, monkeypatch, verb):
    send.ready(verb)
    monkeypatch.setattr(limits, "ATOMIC_BYTES", 20)
    monkeypatch.setattr(analyzer, "counted_terms", None)  # not even counted
    answer = send(verb, {"atomic": True})
    assert (answer.status_code, answer.json()["code"]) == (413, "atomic-batch-too-large")
    assert count(verb) == 0


def test_an_atomic_batch_of_too_many_terms_is_refused(send, monkeypatch, mina):
    send.ready("update")
    monkeypatch.setattr(limits, "ATOMIC_TERMS", 20)
    assert send("save", {"atomic": True}).status_code == 413
    doc_ids = [update["doc_id"] for update in send.ready("update")["updates"]]
    short = [{"doc_id": doc_id, "content": "a"} for doc_id in doc_ids]
    # What is replaced counts as well.
    body = {"updates": short, "atomic": True}
    assert mina.post("/superthread/batch/update", json=body).status_code == 413
    assert count("update") == 0


def test_terms_of_batches_are_counted_before_their_transactions(mina, monkeypatch):
    monkeypatch.setattr(parts, "BYTES", 10_000)
    seen, terms = [], analyzer.counted_terms

    def watched(text):
        seen.append(in_transaction())
        return terms(text)

    monkeypatch.setattr(analyzer, "counted_terms", watched)
    for headers in ({}, KEY):
        for atomic in (False, True):
            key = {name: f"{value} {atomic}" for name, value in headers.items()}
            body = {"memories": NOTES, "atomic": atomic}
            saved = mina.post("/superthread/batch/save", json=body, headers=key).json()["results"]
            body = {
                "updates": [{"doc_id": one["doc_id"], "content": "other"} for one in saved],
                "atomic": atomic,
            }
            key = {name: f"{value} change" for name, value in key.items()}
            changed = mina.post("/superthread/batch/update", json=body, headers=key)
            assert changed.json()["updated_count"] == 7
    assert seen == [False] * 8 * 7


@pytest.mark.parametrize("headers", [{}, KEY], ids=["", "keyed"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_dry_run_reads_no_more_at_once_than_a_part(send, monkeypatch, verb, headers):
    send.ready(verb)
    locked, seen = writing.locked_all, []

    def watched(doc_ids, **options):
        seen.append(len(doc_ids))
        return locked(doc_ids, **options)

    monkeypatch.setattr(writing, "locked_all", watched)
    answer = send(verb, {"dry_run": True}, headers=headers)
    assert answer.status_code == 200
    assert [result["status"] for result in answer.json()["results"]] == 7 * [
        {"update": 200, "delete": 204}[verb]
    ]
    assert seen == [2, 2, 2, 1]
    assert not KeptPart.objects.exists()


def test_metadata_has_a_share_in_what_a_part_reads(mina, written):
    told = {"metadata": {"told": "x" * len(NOTES[0]["content"])}}
    ids = [mina.save(note["content"], **told)["doc_id"] for note in NOTES[:3]]
    seen = written("update")
    updates = [{"doc_id": doc_id, "category": "told"} for doc_id in ids]
    assert mina.post("/superthread/batch/update", json={"updates": updates}).status_code == 200
    assert seen == [1, 1, 1]


def test_a_dry_run_that_was_cut_off_may_be_sent_again(send, monkeypatch):
    send.ready("update")
    locked, calls = writing.locked_all, []

    def lost(doc_ids, **options):
        calls.append(doc_ids)
        if len(calls) == 2:
            raise OperationalError("server closed the connection unexpectedly")
        return locked(doc_ids, **options)

    monkeypatch.setattr(writing, "locked_all", lost)
    answer = send("update", {"dry_run": True})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "Retry-After" in answer.headers


def test_a_key_goes_on_with_what_its_own_caller_has_begun_alone(send, written, api):
    sizes = written("save", fails_at=3)
    assert send("save", headers=KEY).status_code == 503
    jun = api("jun@example.com")
    answer = jun.post("/superthread/batch/save", json={"memories": NOTES}, headers=KEY)
    assert (answer.status_code, sizes[3:]) == (200, [2, 2, 2, 1])
