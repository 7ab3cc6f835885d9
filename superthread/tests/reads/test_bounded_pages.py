"""A page ends at 8 MB, wherever its limit is, and the next one goes on from there."""

import pytest

from memory_hub.core import budget
from superthread.reads import bounded_pages, memories

LONG = 1_000_000
LISTS = ["list", "trash", "search"]


@pytest.fixture
def ids(mina):
    """Ten memories of a megabyte, the earliest first."""
    saved = [mina.save(f"needle {number}\n{'x' * LONG}")["doc_id"] for number in range(10)]
    mina.save("needle and thread")
    return saved


@pytest.fixture
def turn(mina, ids):
    """``turn(kind, cursor)``: a page of that list, the ids on it, and the cursor of the next."""

    def ask(kind, cursor=None, limit=100):
        given = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        if kind == "search":
            answer = mina.post("/superthread/search", json={"query": "needle", **given})
        else:
            path = {"list": "memories", "trash": "trash"}[kind]
            answer = mina.get(f"/superthread/{path}", params=given)
        if answer.status_code != 200:
            return answer
        body = answer.json()
        found = body.get("memories", body.get("results"))
        assert body["count"] == len(found)
        return answer, [memory["doc_id"] for memory in found], body["next_cursor"]

    def prepared(kind, cursor=None, limit=100):
        if kind == "trash" and cursor is None:
            mina.post("/superthread/batch/delete", json={"doc_ids": ids})
        return ask(kind, cursor, limit)

    return prepared


@pytest.mark.parametrize("kind", LISTS)
def test_pages_of_long_memories_end_early_and_leave_none_out(turn, ids, kind):
    cursor, pages = None, []
    while cursor or not pages:
        answer, found, cursor = turn(kind, cursor)
        assert len(answer.content) < bounded_pages.PAGE_BYTES + 1000
        pages.append(found)
    assert [len(page) for page in pages] == ([9, 2] if kind != "trash" else [8, 2])
    seen = [doc_id for page in pages for doc_id in page]
    assert len(seen) == len(set(seen))
    assert set(ids) <= set(seen)


@pytest.mark.drill
@pytest.mark.parametrize("kind", LISTS)
def test_a_limit_within_the_bound_is_kept(turn, kind):
    _, found, cursor = turn(kind, limit=3)
    assert len(found) == 3
    assert cursor


def test_what_counts_is_the_answer_and_not_the_text(mina):
    # Each of these characters is six in JSON.
    for number in range(3):
        mina.save(f"{number}" + "\x01" * 900_000)
    body = mina.get("/superthread/memories").json()
    assert (body["count"], body["next_cursor"] is None) == (1, False)


@pytest.mark.drill
def test_similar_memories_end_at_the_bound_too(mina, ids):
    found = mina.get(f"/superthread/memories/{ids[0]}/similar?limit=100").json()
    assert found["count"] <= 8


def test_a_long_memory_that_went_while_the_page_was_made_is_left_out(mina, ids, monkeypatch):
    there = memories.row_of
    monkeypatch.setattr(
        memories,
        "row_of",
        lambda *, doc_id, by: str(doc_id) != ids[4] and there(doc_id=doc_id, by=by),
    )
    seen, cursor = [], None
    while cursor or not seen:
        given = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = mina.get("/superthread/memories", params=given).json()
        seen += [memory["doc_id"] for memory in page["memories"]]
        cursor = page["next_cursor"]
    assert set(seen) & set(ids) == set(ids) - {ids[4]}
    assert len(seen) == len(set(seen))


@pytest.mark.drill
def test_a_long_memory_that_left_the_list_meanwhile_is_left_out(mina, ids, monkeypatch):
    there = memories.row_of
    monkeypatch.setattr(
        memories,
        "row_of",
        lambda *, doc_id, by: there(doc_id=doc_id, by=by) | {"category": "other"},
    )
    page = mina.get("/superthread/memories?category=default").json()
    assert [memory["content"] for memory in page["memories"]] == ["needle and thread"]


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.drill
def test_long_pages_are_refused_while_others_have_the_budget(turn, kind, monkeypatch):
    monkeypatch.setattr(budget.answers, "spent", budget.answers.most)
    refused = turn(kind)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "1"
    # What is short goes on, and what was refused holds nothing.
    if kind == "list":
        _, found, _ = turn(kind, limit=1)
        assert len(found) == 1
    assert budget.answers.spent == budget.answers.most


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.drill
def test_a_page_gives_back_what_it_took(turn, kind):
    before = budget.answers.spent
    turn(kind)
    assert budget.answers.spent == before


def test_long_comparisons_are_refused_while_others_have_the_budget(mina, monkeypatch):
    doc_id = mina.save("one\n" * 20_000)["doc_id"]
    mina.patch(f"/superthread/memories/{doc_id}", json={"content": "two\n" * 20_000})
    path = f"/superthread/versions/{doc_id}/diff?from=1&to=2"
    monkeypatch.setattr(budget.comparisons, "spent", budget.comparisons.most)
    refused = mina.get(path)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    monkeypatch.setattr(budget.comparisons, "spent", 0)
    assert mina.get(path).status_code == 200
    assert budget.comparisons.spent == 0
