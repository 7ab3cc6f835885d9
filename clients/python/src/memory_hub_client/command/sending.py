"""Files that are sent to the hub, which imports them in the background."""

import os
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from memory_hub_client.calls import HubError
from memory_hub_client.command.failing import Failed
from memory_hub_client.command.packing import packed
from memory_hub_client.command.progress import Progress
from memory_hub_client.generated.models import ImportOut, OutcomeOut
from memory_hub_client.hub import Hub

BLOCK = 2**18
# Seconds between two looks at how far it is.
PAUSE = 0.5
RUNNING = ("waiting", "running")
# What is said of every file; all else only where it is asked for.
TOLD = ("skipped", "failed", "noted")
RESTRICTED = "token-restricted"


class Body:
    """A file as the body of a request, which may be sent again; tells how much of it has gone."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file, self._progress = file, progress
        self.size = file.seek(0, os.SEEK_END)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        gone = 0
        while block := self._file.read(BLOCK):
            yield block
            gone += len(block)
            self._progress.show("Sending", gone, self.size)

    def fileno(self) -> int:
        """By which it is known how long it is."""
        return self._file.fileno()


def may_send(hub: Hub) -> bool:
    """Whether the token may send files: a restricted one may not."""
    try:
        hub.list_imports()
    except HubError as error:
        if error.code == RESTRICTED:
            return False
        raise
    return True


def send(hub: Hub, source: Path, given: Namespace) -> Iterator[str]:
    """Sends a file, or a folder as one, and says what became of what is in it. Stopped by the
    person, the import is cancelled. Raises Failed where not all of it came."""
    with Progress() as progress:
        job = _sent(hub, source, given, progress)
        try:
            job = _followed(hub, job, progress)
        except KeyboardInterrupt:
            hub.cancel_import(job["id"])
            counts = hub.get_import(job["id"])["counts"]
            raise Failed(f"Cancelled; what had come stays: {_said(counts)}.") from None
    for one in _outcomes(hub, job["id"]):
        if one["kind"] in TOLD or given.verbose:
            yield f"{one['kind']}  {one['place']}  {one['why']}".rstrip()
    if given.dry_run:
        yield "This was a dry run: nothing was written."
    yield f"{_said(job['counts'])}."
    if job["state"] != "done":
        raise Failed(job["why"] or f"The import is {job['state']}.")
    if job["counts"].get("failed"):
        raise Failed("Not everything was imported.")


def _sent(hub: Hub, source: Path, given: Namespace, progress: Progress) -> ImportOut:
    """The import of what was sent. Raises Failed."""
    try:
        with _opened(source) as file:
            return hub.start_import(
                Body(file, progress),
                filename=f"{source.resolve().name}.zip" if source.is_dir() else source.name,
                format=given.format,
                exchanges=given.exchanges,
                dry_run=given.dry_run,
                scope="team" if given.team else given.scope,
                team_key=given.team,
                category=given.category,
            )
    except KeyboardInterrupt:
        raise Failed("Cancelled before all of it was sent: nothing came.") from None


def _opened(source: Path) -> IO[bytes]:
    if source.is_dir():
        return packed(source)
    try:
        return source.open("rb")
    except OSError as error:
        raise Failed(f"{source} cannot be read: {error.strerror}") from None


def _followed(hub: Hub, job: ImportOut, progress: Progress) -> ImportOut:
    """The import once it has ended."""
    while job["state"] in RUNNING:
        time.sleep(PAUSE)
        job = hub.get_import(job["id"])
        progress.show("Importing", job["done"], job["total"])
    return job


def _outcomes(hub: Hub, import_id: str) -> Iterator[OutcomeOut]:
    after = 0
    while found := hub.list_import_outcomes(import_id, after=after, limit=100)["outcomes"]:
        yield from found
        after = found[-1]["number"]


def _said(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "nothing"
