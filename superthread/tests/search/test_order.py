"""What time counts for: between equal scores, by a half-life, and in lists sorted by it."""

from datetime import UTC, datetime, timedelta

import pytest

from superthread.models import Memory


def ask(client, query, **fields):
    answer = client.post("/superthread/search", json={"query": query, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def pages(client, query, **fields):
    seen, cursor = [], None
    while True:
        page = ask(client, query, **fields, **({"cursor": cursor} if cursor else {}))
        seen += [one["content"] for one in page["results"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return seen


@pytest.fixture
def zebras(mina):
    """Five memories of equal scores; the first made was changed last."""
    saved = [mina.save(f"zebra {number}") for number in "54321"]
    url = f"/superthread/memories/{saved[0]['doc_id']}"
    assert mina.patch(url, json={"content": "zebra 6"}).status_code == 200
    return mina


def test_of_equal_scores_the_one_corrected_just_now_comes_first(zebras):
    assert pages(zebras, "zebra") == [f"zebra {number}" for number in "61234"]
    assert pages(zebras, "zebra", recency="none") == [f"zebra {number}" for number in "12346"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    "how", [{}, {"recency": "none"}, {"sort": "updated"}, {"recency": {"half_life_days": 3}}]
)
def test_pages_of_any_size_make_the_same_list(zebras, limit, how):
    for number in range(3):
        zebras.save(f"a zebra and a giraffe {number}")
    assert pages(zebras, "zebra", limit=limit, **how) == pages(zebras, "zebra", limit=100, **how)


def test_results_are_sorted_by_when_they_were_made_or_changed(zebras):
    zebras.save("zebra zebra and many other animals of the plains")
    made = pages(zebras, "zebra zebra", sort="created", limit=2)
    assert [text[:7] for text in made[1:]] == [f"zebra {number}" for number in "12346"]
    changed = pages(zebras, "zebra", sort="updated", limit=2)
    assert [text[:7] for text in changed[1:]] == [f"zebra {number}" for number in "61234"]


def test_a_half_life_lets_what_is_older_count_for_less(mina):
    old = mina.save("zebra giraffe of old")
    mina.save("zebra of late")
    for doc_id, days in ((old["doc_id"], 300),):
        then = datetime.now(UTC) - timedelta(days=days)
        Memory.objects.filter(doc_id=doc_id).update(updated_at=then, created_at=then)
    assert pages(mina, "zebra giraffe")[0] == "zebra giraffe of old"
    assert pages(mina, "zebra giraffe", recency={"half_life_days": 30})[0] == "zebra of late"
    explained = ask(mina, "zebra", explain=True, recency={"half_life_days": 30})["explain"]
    assert explained["recency"] == {"half_life_days": 30}


@pytest.mark.parametrize(
    "fields",
    [
        {"recency": "always"},
        {"recency": {"half_life_days": 0}},
        {"recency": {"half_life_days": True}},
        {"recency": {"half_life_days": 7, "x": 1}},
        {"recency": []},
        {"sort": "size"},
    ],
)
def test_other_orders_are_refused(mina, fields):
    assert mina.post("/superthread/search", json={"query": "a", **fields}).status_code == 400


def test_a_cursor_of_another_order_is_refused(zebras):
    cursor = ask(zebras, "zebra", limit=1)["next_cursor"]
    body = {"query": "zebra", "limit": 1, "cursor": cursor, "sort": "updated"}
    assert zebras.post("/superthread/search", json=body).status_code == 400
