"""Cursors that nobody was given: refused, or just another place in the list, never an error."""

import base64
import zlib

import orjson
import pytest

PLACES = {
    "true for a number": [10**15, True, 5],
    "no scope": [10**15, 70_000, 5],
    "before all ids": [10**15, 0, -5],
    "the largest": [10**15, 0, 2**63 - 1],
}


def written(numbers):
    return base64.urlsafe_b64encode(orjson.dumps(numbers)).rstrip(b"=").decode()


def read(cursor):
    return orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_forged_place_in_a_list_is_no_error_of_the_hub(mina, place):
    mina.save()
    cursor = written([zlib.crc32(b"personal||"), *place])
    assert mina.get(f"/superthread/memories?cursor={cursor}").status_code in (200, 400)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("forged", [-5, -(2**62), True, 2**62])
def test_forged_frequencies_are_no_error_of_the_hub(mina, number, forged):
    for animal in range(2):
        mina.save(f"zebra {animal}")
    body = {"query": "zebra", "limit": 1}
    numbers = read(mina.post("/superthread/search", json=body).json()["next_cursor"])
    numbers[number] = forged
    answer = mina.post("/superthread/search", json={**body, "cursor": written(numbers)})
    assert answer.status_code == 200 if forged == 2**62 else 400
