"""A batch whose worker is killed goes on where it was."""

import random
import threading
import time

import httpx
import pytest

from superthread.tests.batches.test_batch_parts import KEY
from testing.consistency.crash import kill_a_worker


def random_words(size):
    chosen = random.Random(5)
    return " ".join("".join(chosen.choices("abcdefghij", k=7)) for _ in range(size // 8))


@pytest.mark.drill
def test_a_batch_goes_on_after_its_worker_was_killed(new_hub):
    hub = new_hub(workers=1, HUB_RATE_LIMIT="off")
    text = random_words(2**20)
    notes = [{"content": text[start : start + 8_000]} for start in range(0, 2**20, 8_000)]
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    with httpx.Client(base_url=hub.url, headers=headers, timeout=60) as client:

        def send():
            return client.post("/superthread/batch/save", json={"memories": notes}, headers=KEY)

        def stored():
            return client.get("/superthread/stats").json()["total_documents"]

        lost = []

        def first():
            try:
                lost.append(send().status_code)
            except httpx.TransportError as error:
                lost.append(error)

        thread = threading.Thread(target=first)
        thread.start()
        while not (before := stored()):
            pass
        kill_a_worker(hub)
        thread.join()
        assert isinstance(lost[0], httpx.TransportError)
        assert 0 < before < len(notes)
        hub.wait_until_it_answers()
        deadline = time.monotonic() + 60
        while (answer := send()).status_code != 200:
            assert time.monotonic() < deadline, answer.text
        ids = {result["doc_id"] for result in answer.json()["results"]}
        assert (answer.json()["saved_count"], len(ids), stored()) == (len(notes),) * 3
