"""All that one may read as one file, which the hub makes in the background."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal
from zipfile import BadZipFile, ZipFile

from memory_hub_client.calls import Call, HubError, answer_of, path_of
from memory_hub_client.command.failing import Failed
from memory_hub_client.command.progress import Progress
from memory_hub_client.generated.models import ExportOut
from memory_hub_client.hub import Hub

# Seconds between two looks at how far it is.
PAUSE = 0.5
RUNNING = ("waiting", "running")
FILE = "/superthread/exports/{export_id}/file"


def fetch(hub: Hub, target: Path, form: Literal["archive", "markdown"]) -> Iterator[str]:
    """Writes an archive to a file, or the tree of Markdown to a new folder or, where the target
    ends so, a ZIP. The hub keeps nothing of it, however it ends. Raises Failed."""
    is_tree = form == "markdown" and target.suffix.lower() != ".zip"
    if is_tree and target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Failed(f"{target} is there already, and not an empty folder.")
    job = hub.start_export({"format": form})
    try:
        with Progress() as progress:
            job = _made(hub, job, progress)
            if is_tree:
                with tempfile.TemporaryFile() as file:
                    _download(hub, job, file, progress)
                    _unpack(file, target)
            else:
                _keep(hub, job, target, progress)
    except KeyboardInterrupt:
        raise Failed("Cancelled; nothing was written.") from None
    finally:
        with suppress(HubError):
            hub.delete_export(job["id"])
    yield f"{job['done']} exported."


def _made(hub: Hub, job: ExportOut, progress: Progress) -> ExportOut:
    """The export once it is done. Raises Failed."""
    while job["state"] in RUNNING:
        time.sleep(PAUSE)
        job = hub.get_export(job["id"])
        progress.show("Writing", job["done"], job["total"])
    if job["state"] != "done":
        raise Failed(job["why"] or f"The export is {job['state']}.")
    return job


def _keep(hub: Hub, job: ExportOut, target: Path, progress: Progress) -> None:
    """In the place of the target once it is whole."""
    descriptor, draft = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            _download(hub, job, file, progress)
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


def _download(hub: Hub, job: ExportOut, file: IO[bytes], progress: Progress) -> None:
    path = path_of(FILE, export_id=job["id"])
    with hub.client.stream("GET", path) as response:
        if response.is_error:
            response.read()
            answer_of(Call("GET", path), response)
        got = 0
        for block in response.iter_bytes():
            got += file.write(block)
            progress.show("Fetching", got, job["size"])
    if got != job["size"]:
        raise Failed("The file was cut short on its way.")


def _unpack(file: IO[bytes], target: Path) -> None:
    try:
        with ZipFile(file) as archive:
            target.mkdir(exist_ok=True)
            # Names that lead out of it are made harmless by the library.
            archive.extractall(target)
    except BadZipFile:
        raise Failed("What the hub sent is no ZIP file.") from None
