"""Writers of a journal of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.db import connections

from memory_hub.journal.keeper import Keeper


@pytest.fixture
def elsewhere(transactional_db) -> Iterator[Callable[..., Future]]:
    """``elsewhere(name, call)``: calls it in the thread of this name, on its own connection."""
    with ExitStack() as stack:
        threads: dict[str, ThreadPoolExecutor] = {}

        def submit(name: str, call: Callable[[], object]) -> Future:
            if name not in threads:
                threads[name] = ThreadPoolExecutor(1)
                stack.callback(threads[name].shutdown)
                stack.callback(lambda: threads[name].submit(connections.close_all).result())
            return threads[name].submit(call)

        yield submit


@pytest.fixture
def make_keeper(settings, tmp_path):
    """``make_keeper()``: the keeper of a worker, all of one host, which nobody else is on."""
    settings.DATA_DIR = tmp_path
    made = []

    def make():
        made.append(Keeper())
        return made[-1]

    yield make
    for one in made:
        one._lookout.give_up()
