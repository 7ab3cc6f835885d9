"""As much as the limits allow, of words that nobody has used, is saved.

On a machine with much other work a batch may meet the limit of a request, which is told as such;
sent again under its key it goes on where it was.
"""

import random
from functools import partial
from string import ascii_lowercase
from uuid import uuid4

import httpx
import pytest

from superthread import limits
from testing.halves import halved

pytestmark = pytest.mark.drill
SAVE, MEMORIES = "/superthread/batch/save", "/superthread/memories"
MEGABYTE = limits.CONTENT_BYTES - 64
WORDS = 999  # of a text of 8 KB


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    with nursery.hub(tmp_path_factory.mktemp("hub"), workers=2) as hub:
        yield hub


@pytest.fixture
def client(hub):
    """Somebody who has spent none of a minute's points."""
    headers = {"Authorization": f"Bearer {hub.token(f'{uuid4().hex}@example.com')}"}
    with httpx.Client(base_url=hub.url, headers=headers, timeout=120) as client:
        yield client


def new_words(count, seed):
    chosen = random.Random(seed)
    return " ".join("".join(chosen.choices(ascii_lowercase, k=7)) for _ in range(count))


def hangul(size, seed):
    """Random syllables in words of two to six."""
    chosen, words, left = random.Random(seed), [], size
    while left > 0:
        syllables = [chr(chosen.randrange(0xAC00, 0xD7A4)) for _ in range(chosen.randrange(2, 7))]
        words.append("".join(syllables))
        left -= 3 * len(syllables) + 1
    return " ".join(words[:-1])


def found(client, query):
    answer = client.post("/superthread/search", json={"query": query})
    return [one["content"] for one in answer.json()["results"]]


def at_last(client, key, body):
    """The answer that is none of a request that took too long."""
    there = -1
    while (answer := client.post(SAVE, json=body, headers=key)).status_code == 503:
        assert answer.json()["code"] in ("unavailable", "outcome-unknown")
        # Each time it is further, however little a machine gets done in a request's time.
        before, there = there, total(client)
        assert there > before
    return answer


def total(client):
    return client.get(MEMORIES, params={"total": "true", "limit": 1}).json()["total"]


# Where it is dearer; both kinds save smaller ones.
@pytest.mark.only_on("postgresql")
def test_the_largest_batch_of_new_words_is_saved(client):
    texts = [new_words(WORDS, seed=number) for number in range(limits.BATCH)]
    body = {"memories": [{"content": text} for text in texts]}
    answer = at_last(client, {"Idempotency-Key": "largest"}, body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["saved_count"] == len(texts)
    assert len({one["doc_id"] for one in answer.json()["results"]}) == len(texts)
    assert {one["status"] for one in answer.json()["results"]} == {201}
    word = texts[-1].split()[-1]
    assert texts[-1] in found(client, word)
    assert texts[-1] in found(client, f"{word[:4]}{word[5]}{word[4]}{word[6]}")


@pytest.mark.parametrize(
    "made",
    halved([partial(new_words, MEGABYTE // 8, 1), partial(hangul, MEGABYTE, 1)]),
    ids=["words", "Hangul"],
)
def test_a_megabyte_of_new_words_is_saved(client, made):
    text = made()
    answer = client.post(MEMORIES, json={"content": text})
    assert answer.status_code == 201, answer.text
    assert answer.json()["terms_left_out"] > 0
    assert text in found(client, text.split()[7])
