"""Which of the ranked memories have what the index cannot tell: their texts are read, each once."""

from collections.abc import Iterator, Sequence

from superthread.search.parsing import plain
from superthread.search.retrieval.phrases import Pattern, Reader, fits
from superthread.search.retrieval.ranking import Hit


class Sieve:
    """Lets through what fits the patterns. ``rest``: where the list goes on when as much was read
    as one query may, else None; ``start`` stands for what earlier pages have read."""

    def __init__(self, reader: Reader, patterns: Sequence[Pattern], start: Hit | None) -> None:
        self.rest: Hit | None = None
        self._reader, self._patterns = reader, patterns
        # Whether memories fit the patterns, of those that were read.
        self._fitting: dict[int, bool] = {}
        self._last_read = start

    def first(self, places: list[Hit], wanted: int) -> list[Hit]:
        """The first `wanted` of the places that fit; `rest` is set where reading ended before."""
        unread = [p.memory_id for p in places if p.memory_id not in self._fitting]
        texts = self._reader.texts(unread)
        found: list[Hit] = []
        for place in places:
            self._read_up_to(place.memory_id, texts)
            if place.memory_id in self._fitting:
                self._last_read = place
            elif self._reader.is_cut_short:
                self.rest = self._last_read
                break
            if self._fitting.get(place.memory_id):
                found.append(place)
                if len(found) == wanted:
                    break
        return found

    def _read_up_to(self, memory_id: int, texts: Iterator[tuple[int, str]]) -> None:
        if memory_id in self._fitting:
            return
        for one, content in texts:
            self._fitting[one] = fits(plain(content), self._patterns)
            if one == memory_id:
                return
