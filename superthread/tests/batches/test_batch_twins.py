"""Two requests with one key, of which one comes between two parts of the other."""

from contextlib import suppress

import pytest
from django.db import OperationalError

from memory_hub.idempotency import parts as keyed
from superthread.models import Memory
from superthread.services.steps import parts

KEY = {"Idempotency-Key": "batch"}
NOTES = [{"content": f"note number {number}"} for number in range(5)]


@pytest.fixture
def twin(monkeypatch):
    """``twin(before=…, does=…)``: the request comes a second time right before the turn of that
    part, and ends after so many parts of its own."""
    monkeypatch.setattr(parts, "BYTES", 2 * len(NOTES[0]["content"]))
    genuine, alone = keyed._answer_kept, keyed.alone

    def come(before, does):
        requests, turns = [], []

        def noted(claim, steps):
            requests.append((claim, steps))
            return genuine(claim, steps)

        def in_turn(number):
            turns.append(number)
            turn = len(turns)
            if turn == before:
                with suppress(OperationalError):
                    genuine(*requests[0])
            elif turn == before + does + 1:
                raise OperationalError("the connection was lost")
            return alone(number)

        monkeypatch.setattr(keyed, "_answer_kept", noted)
        monkeypatch.setattr(keyed, "alone", in_turn)

    return come


@pytest.mark.parametrize("before", [1, 2])
@pytest.mark.parametrize("does", [1, 2, 3])
def test_what_a_twin_has_done_meanwhile_is_not_done_again(mina, twin, before, does):
    twin(before=before, does=does)
    answer = mina.post("/superthread/batch/save", json={"memories": NOTES}, headers=KEY)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["index"] for result in results] == list(range(5))
    assert len({result["doc_id"] for result in results}) == Memory.objects.count() == 5
