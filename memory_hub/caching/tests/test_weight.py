"""The bound in bytes of the response cache is a bound on memory."""

import gc
import tracemalloc

import pytest

from memory_hub.caching.tests.exchange import response_cache

# All that a caller sends is part of the key.
MANY = {f"X-{number}": "y" for number in range(90)}
LONG = {f"X-{number}": "y" * 8000 for number in range(6)}


@pytest.mark.parametrize("headers", [{}, MANY, LONG], ids=["few", "many", "long"])
@pytest.mark.drill
def test_a_kept_answer_takes_no_more_memory_than_it_is_weighed_at(mina, headers):
    paths = [f"/superthread/memories/{mina.save()['doc_id']}" for _ in range(50)]
    # Other threads allocate meanwhile: the middle of three measurements is without them.
    measured = sorted(_taken_and_weighed(mina, paths, headers) for _ in range(3))
    taken, weight = measured[1]
    assert 0 < taken <= weight


def _taken_and_weighed(mina, paths: list[str], headers: dict[str, str]) -> tuple[int, int]:
    """Bytes that kept answers really take, and what the cache says that they do."""
    kept = response_cache.answers
    kept.clear()
    tracemalloc.start()
    try:
        for path in paths:
            assert mina.get(path, headers=headers).status_code == 200
        assert len(kept) == len(paths)
        full, weight = _allocated(), kept._weight
        kept.clear()
        return full - _allocated(), weight
    finally:
        tracemalloc.stop()


def _allocated() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
