"""Creating a file exactly once, although Google does not take ids for Docs and answers get lost."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from google_docs.calls import Calls, File
from google_docs.errors import GoogleDocsError, NoAnswer
from google_docs.query import all_of, child_of, has
from google_docs.retry import Safety, may_repeat

NEWEST = 50
# References to what is still under way after an answer; the loop itself keeps none.
_afterwards: set[asyncio.Task[None]] = set()


async def create_once(
    calls: Calls, create: Callable[[], Awaitable[File]], *, key: str, folder: str
) -> File:
    """Await `create` until its file exists; `key` is the file's property `mh_id`.

    A create whose answer got lost may have been carried out: the file is looked up by its key
    before another try, and a twin that shows up later is deleted.
    """
    doubt: GoogleDocsError | None = None
    end = time.monotonic() + 2 * calls.policy.deadline
    for tries in range(calls.policy.tries):
        try:
            file = await create()
        except GoogleDocsError as error:
            if error.untouched or not may_repeat(error, Safety.REPEATABLE):
                raise
            doubt = error
            _settle_afterwards(calls, error, key, folder)
            if found := await look_up(calls, key, folder):
                return await _keep_first(calls, found)
            pause = calls.policy.pause(tries, error.retry_after, lambda: 0.5)
            if time.monotonic() + pause >= end:
                break
            await asyncio.sleep(pause)
            continue
        if doubt is None:
            return file
        found = await look_up(calls, key, folder)
        return await _keep_first(calls, found or [file])
    raise doubt or NoAnswer("The time for this call ran out.")


async def look_up(calls: Calls, key: str, folder: str) -> list[File]:
    """The files with this key. Two questions at once: the index of properties may lag behind,
    the newest children of a folder do not."""
    calls = calls.patient()
    own = all_of(child_of(folder), "trashed=false", has("mh_id", key))
    newest = all_of(child_of(folder), "trashed=false")
    pages = await asyncio.gather(
        calls.files(own, size=10),
        calls.files(newest, size=NEWEST, order="createdTime desc"),
    )
    found = {file["id"]: file for page in pages for file in page.get("files", [])}
    return [f for f in found.values() if f.get("appProperties", {}).get("mh_id") == key]


async def _keep_first(calls: Calls, found: list[File]) -> File:
    """The oldest of the files with one key; the others are its copies, and deleted."""
    first, *twins = sorted(found, key=lambda file: (file["createdTime"], file["id"]))
    for twin in twins:
        await calls.delete(twin["id"])
    return first


def _settle_afterwards(calls: Calls, error: GoogleDocsError, key: str, folder: str) -> None:
    """Google may carry out a call long after we stopped waiting: look once more, later."""
    if not isinstance(error, NoAnswer):
        return

    async def settle() -> None:
        await asyncio.sleep(2 * calls.transport.timeout)
        try:
            found = await look_up(calls, key, folder)
            if len(found) > 1:
                await _keep_first(calls, found)
        except GoogleDocsError:
            return  # lists show one of the twins only (listing.py)

    task = asyncio.get_running_loop().create_task(settle())
    _afterwards.add(task)
    task.add_done_callback(_afterwards.discard)


async def settled() -> None:
    """Wait for all that is still to be looked up: at shutdown, and in tests."""
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(t for t in _afterwards if t.get_loop() is loop), return_exceptions=True)
