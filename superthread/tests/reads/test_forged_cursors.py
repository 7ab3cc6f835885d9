"""Cursors tell nothing, and those that nobody was given are refused."""

import base64

import orjson
import pytest

from memory_hub.api.cursors import decode, encode

SEARCH = {"query": "zebra", "limit": 1}


@pytest.fixture
def cursor(mina):
    """Of a search that found more than a page."""
    for animal in range(2):
        mina.save(f"zebra {animal}")
    return mina.post("/superthread/search", json=SEARCH).json()["next_cursor"]


def read(cursor):
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def written(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_cursor_tells_no_numbers(cursor):
    score, *numbers = decode(cursor, "search|zebra|all||", "/cursor")
    # An id, the memories and words of the hub, and those of a term.
    assert len(numbers) >= 5
    assert str(score).encode() not in read(cursor)
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(read(cursor))


def test_the_same_place_has_the_same_cursor(mina, cursor):
    assert mina.post("/superthread/search", json=SEARCH).json()["next_cursor"] == cursor


def test_a_cursor_with_any_byte_changed_is_refused(mina, cursor):
    data = read(cursor)
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        answer = mina.post("/superthread/search", json={**SEARCH, "cursor": written(changed)})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "bad-cursor")


def test_a_cursor_of_another_list_is_refused(mina, cursor):
    others = [
        mina.post("/superthread/search", json={**SEARCH, "query": "zebras", "cursor": cursor}),
        mina.get(f"/superthread/memories?cursor={cursor}"),
        mina.get(f"/superthread/trash?cursor={cursor}"),
    ]
    assert [answer.status_code for answer in others] == [400] * 3


def test_the_longest_place_of_a_list_fits_into_its_parameter():
    assert len(encode("personal||", [10**16, 2, 2**63 - 1])) <= 200
