"""What became of a write that Google did not confirm: what it holds now says so."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from google_docs.client.calls import Calls
from google_docs.errors import GoogleDocsError, NoSuchFile


async def carried_out(write: Awaitable[object], look: Callable[[], Awaitable[bool]]) -> None:
    """Await a write that does the same when it is done twice; a failure of one that took effect,
    as `look` finds, is none. Raises the write's own GoogleDocsError otherwise."""
    try:
        await write
    except GoogleDocsError:
        # Whether it was done is not known either where the look fails: then the write's own words.
        with suppress(GoogleDocsError):
            if await look():
                return
        raise


async def is_gone(calls: Calls, file_id: str, *, trashed: bool = False) -> bool:
    """Whether Google holds a file no more, or with `trashed` has it in its trash."""
    try:
        file = await calls.hasty().file(file_id)
    except NoSuchFile:
        return True
    return trashed and bool(file.get("trashed"))
