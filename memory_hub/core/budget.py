"""What a worker spends at once on one kind of thing: bytes, or turns at something costly.

Each user's limits bound what that user takes; a budget bounds what all of them together do. Whoever
finds it spent is told so at once (503), before anything is done for them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

from memory_hub.core.allocator import trimmer
from memory_hub.core.errors import Unavailable

_unit: ContextVar["Unit | None"] = ContextVar("unit", default=None)


class Spent(Unavailable):
    """The budget of what the request needs is spent by others."""


class Budget:
    """``most`` of something, told as ``name`` (plural) to those who find nothing left of it.

    Safe for threads. One who takes more than all there is gets it while nobody else has any.
    """

    def __init__(self, name: str, most: int, *, waiting: int = 0, patience: float = 0.0) -> None:
        """``waiting`` callers at most wait up to ``patience`` seconds for what they need."""
        self.name, self.most = name, most
        self.spent = 0
        self._free = threading.Condition()
        self._waiting, self._may_wait, self._patience = 0, waiting, patience

    def take(self, amount: int, *, always: bool = False) -> None:
        """Spend so much more, ``always`` or where it is left. Raises Spent."""
        with self._free:
            if not (always or self._has(amount) or self._comes_free(amount)):
                raise Spent(f"Too many {self.name} at once; try again shortly.")
            self.spent += amount

    def give_back(self, amount: int) -> None:
        """Spend so much less."""
        with self._free:
            self.spent -= amount
            if self._waiting:
                self._free.notify_all()

    @contextmanager
    def holding(self, amount: int) -> Iterator[None]:
        """Has so much taken within the block. Raises Spent."""
        self.take(amount)
        try:
            yield
        finally:
            self.give_back(amount)

    def take_for_unit(self, amount: int) -> None:
        """Spend so much more until the present unit of work ends. Raises Spent.

        Outside of a unit of work nothing is counted: commands are their operators'.
        """
        unit = _unit.get()
        if unit is not None:
            self.take(amount)
            unit.taken.append((self, amount))

    def _has(self, amount: int) -> bool:
        return not self.spent or self.spent + amount <= self.most

    def _comes_free(self, amount: int) -> bool:
        if self._waiting >= self._may_wait:
            return False
        self._waiting += 1
        try:
            return self._free.wait_for(lambda: self._has(amount), self._patience)
        finally:
            self._waiting -= 1


class Unit:
    """A unit of work: what it has taken, and whether it had much to do with."""

    def __init__(self) -> None:
        self.taken: list[tuple[Budget, int]] = []
        self.is_heavy = False


def heavy() -> None:
    """Tell that the present unit of work has much to do with: long texts, many rows."""
    unit = _unit.get()
    if unit is not None:
        unit.is_heavy = True


@contextmanager
def unit_of_work() -> Iterator[Unit]:
    """What is taken for the unit inside is given back at its end."""
    unit = Unit()
    token = _unit.set(unit)
    try:
        yield unit
    finally:
        _unit.reset(token)
        for budget, amount in unit.taken:
            budget.give_back(amount)
        unit.is_heavy = unit.is_heavy or bool(unit.taken)
        if unit.is_heavy:
            trimmer.soon()


# Bytes of bodies that come and of those whose requests are under way.
bodies = Budget("large bodies", settings.HUB_BODIES_MB * 2**20)
# Bytes of answers being built, and of all that is held beside them meanwhile.
answers = Budget("large answers", settings.HUB_ANSWERS_MB * 2**20)
# Passwords being hashed, which takes 64 MB and most of a second each.
passwords = Budget("passwords", 2, waiting=4, patience=5.0)
# Bytes of the texts being compared; what is made of their lines takes up to fifty times as many.
comparisons = Budget("long comparisons", 4 * 2**20)
