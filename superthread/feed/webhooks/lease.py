"""Which process delivers: one of all hosts.

Of a host it is the one that holds a lock on a file, which the kernel takes from a process that
ends, however it ends; between hosts a lease decides (`memory_hub/jobs/leases.py`). The lease is the
host's: who holds the lock may go on at once where another process of the host was killed.
"""

import secrets
import time
from pathlib import Path

from django.db import connection

from memory_hub.database.waiting import waiting_at_most
from memory_hub.jobs import leases
from memory_hub.jobs.leases import Watch, database_now, end_of_lease
from memory_hub.jobs.lookout import Lookout
from superthread.feed.webhooks.models import Office

_ROW, _NAME_BYTES = 1, 16


class Right:
    """The right to deliver. ``run`` is the number that fences off whoever had it before; None:
    it is not this process's."""

    def __init__(self, directory: Path) -> None:
        self._lock = Lookout(directory / "webhooks.lock")
        self._name_file = directory / "webhooks.host"
        self._watch = Watch()
        self._beaten = 0.0
        self.run: int | None = None

    def is_held(self) -> bool:
        """Whether this process delivers now: takes the right where it is free, and renews it.
        Raises django.db.Error."""
        if not self._lock.is_mine():
            return False
        if self.run is None:
            self.run = self._taken()
        elif time.monotonic() - self._beaten >= leases.BEAT:
            self._renew(self.run)
        return self.run is not None

    def give_up(self) -> None:
        """Let another process have it at once."""
        if self.run is not None:
            mine = Office.objects.filter(pk=_ROW, run=self.run)
            mine.update(owner="", lease_until=None)
        self.forget()

    def forget(self) -> None:
        """It is not this process's: in the child of a fork it is the parent's."""
        self.run = None
        self._lock.give_up()

    def _taken(self) -> int | None:
        row, _ = Office.objects.get_or_create(pk=_ROW)
        now, me = database_now(), self._host()
        is_free = row.lease_until is None or row.owner == me
        if not is_free and not self._watch.is_lapsed(_ROW, row.lease_until, now):
            return None
        self._beaten = time.monotonic()
        same = Office.objects.filter(pk=_ROW, run=row.run, lease_until=row.lease_until)
        taken = same.update(run=row.run + 1, owner=me, lease_until=end_of_lease(now))
        return row.run + 1 if taken else None

    def _renew(self, run: int) -> None:
        with waiting_at_most(leases.BEAT, connection):
            self._beaten = time.monotonic()
            mine = Office.objects.filter(pk=_ROW, run=run)
            if not mine.update(lease_until=end_of_lease(database_now())):
                self.run = None

    def _host(self) -> str:
        """The name of all processes that share the lock."""
        name = self._name_file.read_text() if self._name_file.exists() else ""
        if len(name) != 2 * _NAME_BYTES:
            name = secrets.token_hex(_NAME_BYTES)
            self._name_file.write_text(name)
        host = leases.owner_name().rpartition(" ")[0]
        return f"{name} {host}"[: leases.OWNER_LENGTH]
