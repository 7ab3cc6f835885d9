"""Loops that begin when there is the first thing for them to do: what such a loop runs is not
imported before, and most hubs never have a use for it."""

from collections.abc import Callable

from django.utils.module_loading import import_string

from memory_hub.jobs.dispatcher import dispatcher
from memory_hub.jobs.loops import Loop


class OnDemand:
    """``runner`` is the dotted name of what gives the one object of this process whose ``loop`` it
    is. ``is_wanted`` tells whether there is any use for it; ``is_due``, where there is one, whether
    a turn shall begin at once.
    """

    def __init__(
        self,
        runner: str,
        *,
        is_wanted: Callable[[], object],
        is_due: Callable[[], object] | None = None,
    ) -> None:
        self._runner, self._is_wanted, self._is_due = runner, is_wanted, is_due
        self._is_begun = False

    def loop(self) -> Loop | None:
        """This process's, once it had something to do: the ``loop`` of a WorkerJob."""
        return import_string(self._runner)().loop if self._is_begun else None

    def look(self) -> None:
        """Begin where it is wanted: the ``look`` of a WorkerJob."""
        if not self._is_begun:
            if not self._is_wanted():
                return
            self._begin()
        if self._is_due and self._is_due():
            self._wake()

    def wake(self) -> None:
        """Have a turn begin now, where this process carries out what is due."""
        if dispatcher().loop.is_started:
            self._begin()
            self._wake()

    def _begin(self) -> None:
        self._is_begun = True
        if found := self.loop():
            found.start()

    def _wake(self) -> None:
        if found := self.loop():
            found.wake()
