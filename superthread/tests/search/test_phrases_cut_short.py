"""A search that has read as much as one query may goes on with its cursor and loses nothing."""

import pytest

from superthread.search.retrieval import phrases

READ = 7


@pytest.fixture
def notes(mina):
    """Of 40 memories with both words every fourth has the phrase; they differ in score."""
    for number in range(40):
        phrase = "retry policy" if number % 4 == 0 else "policy to retry"
        words = f"{phrase} {'filler ' * (number % 3 * 20)}{number}"
        mina.save(words, metadata={"tags": ["kept"] if number % 8 == 0 else ["other"]})


def pages(client, **fields):
    """The contents of every page, and whether each was said to be incomplete."""
    found, incomplete, cursor = [], [], None
    while True:
        body = {**fields, **({"cursor": cursor} if cursor else {})}
        answer = client.post("/superthread/search", json=body)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found.append([one["content"] for one in page["results"]])
        incomplete.append(page["incomplete"])
        cursor = page["next_cursor"]
        if cursor is None:
            return found, incomplete


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 3},
        {"limit": 50},
        {"limit": 3, "recency": "none"},
        {"limit": 3, "sort": "created"},
        {"limit": 3, "recency": {"half_life_days": 5}},
        {"limit": 2, "tag": "kept"},
        {"limit": 50, "metadata": {"tags": {"contains": "kept"}}},
    ],
)
@pytest.mark.parametrize("query", ['"retry policy"', 'policy -"policy to"'])
def test_all_that_fits_is_found_page_by_page(mina, notes, monkeypatch, query, fields):
    whole, complete = pages(mina, query=query, **fields)
    expected = [one for page in whole for one in page]
    assert len(expected) in (5, 10)
    assert not any(complete)
    monkeypatch.setattr(phrases, "MOST_READ", READ)
    found, incomplete = pages(mina, query=query, **fields)
    assert sorted(one for page in found for one in page) == sorted(expected)
    assert any(incomplete)
    assert incomplete[-1] is False
