"""What was met last, by its key: values that can be had again, for a price."""

from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate, islice
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The ``most`` values that were used last at least by half. Nothing is locked: threads that
    use it at once may lose something, and nothing more. Thousands of keys are asked for at once,
    which with a lock and an object for each, as in ``caching.LRUCache``, would cost more than it
    saves."""

    def __init__(self, most: int) -> None:
        # Of values; of bytes in RecentBytes.
        self._half = most // 2
        self._recent: dict[K, V] = {}
        self._older: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The value of one key, where it is kept."""
        value = self._recent.get(key)
        if value is None and (value := self._older.get(key)) is not None:
            self._use({key: value})
        return value

    def found(self, keys: Iterable[K]) -> dict[K, V]:
        """Those of the keys that are kept, in their order."""
        recent, older, keys = self._recent, self._older, list(keys)
        # Most are recent: without a step of Python's for each.
        values = dict(zip(keys, map(recent.get, keys), strict=True))
        for key in [key for key, value in values.items() if value is None]:
            value = older.get(key)
            if value is None:
                del values[key]
            else:
                values[key] = value
                self._use({key: value})
        return values

    def keep(self, values: Mapping[K, V]) -> None:
        """Keeps these, in place of those that were not used for longest."""
        if len(values) > self._half:
            values = dict(islice(values.items(), self._half))
        self._use(values)

    def _use(self, values: Mapping[K, V]) -> None:
        self._recent.update(values)
        if len(self._recent) > self._half:
            self._recent, self._older = {}, self._recent

    def forget(self) -> None:
        """Forgets all of them."""
        self._recent, self._older = {}, {}


class RecentBytes(Recent[K, V]):
    """The same, of values that have ``most`` bytes together; `size` tells those of one."""

    def __init__(self, most: int, size: Callable[[V], int]) -> None:
        super().__init__(most)
        self._size, self._bytes = size, 0

    def keep(self, values: Mapping[K, V]) -> None:
        """Keeps these, of more than half of the bytes the first ones."""
        sizes = accumulate(map(self._size, values.values()))
        fitting = sum(map(self._half.__ge__, sizes))
        if fitting < len(values):
            values = dict(islice(values.items(), fitting))
        self._use(values)

    def _use(self, values: Mapping[K, V]) -> None:
        size = sum(map(self._size, values.values()))
        if self._bytes + size > self._half:
            self._recent, self._older, self._bytes = {}, self._recent, 0
        self._recent.update(values)
        self._bytes += size

    def forget(self) -> None:
        super().forget()
        self._bytes = 0
