"""One change from its announcement to its news."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import DatabaseError

from memory_hub.caching.generations import ANYTHING, Generations
from memory_hub.caching.generations.mapped import expected_generation


class AnnouncedChange:
    """What one commit changes: the keys told so far, or everything.

    `expect` as soon as a key is known, `committing` around the commit, `publish` after it.
    """

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._number = expected_generation()
        # Whether PostgreSQL, not Redis, told the others.
        self._silent = False
        self.keys: set[str] = set()
        self.everything = False

    def expect(self, keys: Iterable[str]) -> None:
        """What the commit will change; nothing is kept under it on this host until then."""
        fresh = [key for key in keys if key not in self.keys]
        self._generations.expect(fresh, self._number)
        self.keys.update(fresh)

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Around the commit: from before it until `publish` no host keeps or uses what it changes.

        Raises OperationalError, before the commit, when the other hosts cannot be told.
        """
        # Anew: the transaction may have taken longer than an expectation lasts, and a number tells
        # when it was made.
        self._number = expected_generation()
        self._generations.local.expect(self._all_keys(), self._number)
        if self.everything:
            self._generations.local.expect_all(self._number)
        try:
            with self._announced():
                yield
        except DatabaseError as error:
            # Where something may have changed all the same, the announcement lapses by itself.
            if getattr(error, "untouched", False):
                self.publish()
            raise

    def _announced(self) -> AbstractContextManager[None]:
        shared, news = self._generations.shared, self._generations.news
        if shared is None or news is None:
            return nullcontext()
        if shared.announce(self._names(), self._number):
            return nullcontext()
        self._silent = True
        return news.silence()

    def publish(self) -> None:
        """After the commit: what was kept before it is never used again, on any host."""
        local, shared = self._generations.local, self._generations.shared
        # This host first: it cannot fail, and it is where the writer reads next.
        local.bump(self._all_keys(), self._number)
        if self.everything:
            local.bump_all(self._number)
        if shared is None:
            return
        known = self._silent and self._generations.news.is_quiet()
        if not known and not shared.finish(self._names(), self._number):
            self._generations.outdate_elsewhere()

    def _all_keys(self) -> list[str]:
        return [*self.keys, ANYTHING]

    def _names(self) -> list[str]:
        """In Redis."""
        epoch, *names = self._generations.shared.names(self._all_keys())
        return [epoch, *names] if self.everything else names
