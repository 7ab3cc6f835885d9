"""Edges of what is kept under a key: its last instant, whose it is, what it depends on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from memory_hub.core.errors import JsonAnswer
from memory_hub.idempotency import answers
from memory_hub.idempotency.key import KeyClaim
from memory_hub.idempotency.models import KeptAnswer, State

MEMORIES = "/superthread/memories"
KEY = {"Idempotency-Key": "edge"}


def replayed(answer):
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_a_key_is_kept_to_the_last_microsecond_of_its_day(mina, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    body = {"content": "one"}
    first = mina.post(MEMORIES, json=body, headers=KEY).json()
    day = timedelta(hours=24)
    KeptAnswer.objects.update(created_at=now - day + timedelta(microseconds=1))
    assert answers.purge_old() == 0
    assert mina.post(MEMORIES, json=body, headers=KEY).json() == first
    KeptAnswer.objects.update(created_at=now - day)
    again = mina.post(MEMORIES, json=body, headers=KEY)
    assert (again.status_code, replayed(again)) == (201, False)


def test_what_was_kept_long_enough_goes_by_its_bytes(mina, monkeypatch):
    monkeypatch.setattr(answers, "_BYTES", 8)
    for number in range(5):
        answers.keep(KeyClaim(mina.user.pk, f"{number}", "f" * 64), HttpResponse(b"four"))
    later = timezone.now() + timedelta(days=2)
    with CaptureQueriesContext(connection) as captured:
        assert answers.purge_old(later) == 5
    table = KeptAnswer._meta.db_table
    deleted = [one["sql"] for one in captured if one["sql"].startswith(f'DELETE FROM "{table}"')]
    # Two of four bytes, two more, and the last.
    assert len(deleted) == 3


def test_a_repeated_answer_without_a_body_has_no_type(mina):
    path = f"{MEMORIES}/{mina.save()['doc_id']}"
    answers_ = [mina.delete(path, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers_] == [204, 204]
    assert replayed(answers_[1])
    assert not any("Content-Type" in answer.headers for answer in answers_)


def test_an_answer_that_repeats_no_text_outlives_the_memory(mina):
    memory = mina.save()
    body = {"doc_ids": [memory["doc_id"]]}
    first = mina.post("/superthread/batch/delete", json=body, headers=KEY)
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    again = mina.post("/superthread/batch/delete", json=body, headers=KEY)
    assert (again.status_code, again.content, replayed(again)) == (200, first.content, True)


@pytest.fixture
def claims(mina, api):
    """Two people's claims of the same key."""
    jun = api("jun@example.com")
    return [KeyClaim(person.user.pk, "edge", "f" * 64) for person in (mina, jun)]


def test_what_fails_for_one_frees_no_key_of_another(claims):
    for claim in claims:
        answers.begin(claim)
    answers.give_up(claims[0], untouched=True)
    (left,) = KeptAnswer.objects.values_list("user_id", "state")
    assert left == (claims[1].user_id, State.BEGUN)
    answers.give_up(claims[1], untouched=False)
    assert KeptAnswer.objects.get().state == State.UNKNOWN


def test_what_was_answered_is_not_given_up_any_more(claims):
    answers.begin(claims[0])
    answers.keep(claims[0], JsonAnswer({}, 201))
    for untouched in (False, True):
        answers.give_up(claims[0], untouched=untouched)
        assert KeptAnswer.objects.get().state == State.DONE


def test_a_claim_that_is_logged_shows_no_credential():
    assert "opensesame" not in repr(KeyClaim(1, "edge", "f" * 64, None, "Bearer opensesame"))
