"""Creating a file exactly once, although Google does not take ids for Docs and answers get lost."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

from google_docs.client.calls import Calls, File
from google_docs.client.file_queries import all_of, child_of, has
from google_docs.client.retry import Safety, may_repeat
from google_docs.errors import GoogleDocsError, NoAnswer
from memory_hub.core import deadline

NEWEST = 50
# The property of the one that was answered, where there may be twins.
KEPT = "mh_kept"
# A lost create has a twin of the next tries; a copy that a person makes comes later, or is edited.
TOGETHER, UNTOUCHED = timedelta(minutes=10), timedelta(minutes=1)
# Until then whoever made them may be at it.
SETTLED = timedelta(minutes=2)
# So many times the timeout after a lost answer, and after the first look.
LOOKS = (2, 2)
# References to what is still under way after an answer; the loop itself keeps none.
_afterwards: set[asyncio.Task[None]] = set()


async def create_once(
    calls: Calls, create: Callable[[], Awaitable[File]], *, key: str, folder: str
) -> File:
    """Await `create` until its file exists; `key` is the file's property `mh_id`.

    A create whose answer got lost, or made no sense, may have been carried out: the file is
    looked up by its key before another try, and a twin that shows up later is deleted. So is one
    that Google says it refused: that was seen of a limit that was reached meanwhile.
    """
    doubt: GoogleDocsError | None = None
    met: GoogleDocsError | None = None
    end = time.monotonic() + 2 * calls.policy.deadline
    for tries in range(calls.policy.tries):
        try:
            file = await create()
        except GoogleDocsError as error:
            met = error
            if not may_repeat(error, Safety.REPEATABLE) and not doubt and not error.answered:
                raise
            if not error.untouched:
                doubt = error
                _settle_afterwards(calls, key, folder)
            found = await (look_up if doubt else _glance)(calls, key, folder)
            if found:
                return await _kept(calls, found) if tries else await _only(calls, found)
            if not may_repeat(error, Safety.REPEATABLE):
                raise
            pause = calls.policy.pause(tries, error.retry_after, lambda: 0.5)
            if time.monotonic() + pause >= end:
                break
            await asyncio.sleep(pause)
            continue
        if doubt is None:
            return file
        return await _kept(calls, await look_up(calls, key, folder) or [file])
    raise doubt or met or NoAnswer("The time for this call ran out.")


async def _glance(calls: Calls, key: str, folder: str) -> list[File]:
    """The files with this key after a refusal, as far as Google tells in a moment."""
    try:
        return await look_up(calls.hasty(), key, folder)
    except GoogleDocsError:
        return []


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


def of_each_key(files: Iterable[File]) -> tuple[list[File], list[list[File]]]:
    """The files without the twins of lost creates, and each group that has twins, the one to
    keep first. What a person copied, later or edited, is a file of its own."""
    by_key: dict[str, list[File]] = defaultdict(list)
    shown: list[File] = []
    for file in {file["id"]: file for file in files}.values():
        key = file.get("appProperties", {}).get("mh_id")
        by_key[key].append(file) if key else shown.append(file)
    groups = []
    for same in by_key.values():
        first, *others = sorted(same, key=_rank)
        twins = [file for file in others if _is_twin(file, first)]
        shown += [first, *(file for file in others if file not in twins)]
        if twins:
            groups.append([first, *twins])
    return shown, groups


def _rank(file: File) -> tuple[bool, str, str]:
    """The one that was answered goes first, then the oldest."""
    return KEPT not in file.get("appProperties", {}), file["createdTime"], file["id"]


def _is_twin(file: File, first: File) -> bool:
    made, changed = (datetime.fromisoformat(file[n]) for n in ("createdTime", "modifiedTime"))
    apart = abs(made - datetime.fromisoformat(first["createdTime"]))
    return apart <= TOGETHER and changed - made <= UNTOUCHED and KEPT not in file["appProperties"]


async def _only(calls: Calls, found: list[File]) -> File:
    """One of the files with one key; the others are its copies, and deleted."""
    shown, groups = of_each_key(found)
    for _, *twins in groups:
        for twin in twins:
            await _remove(calls, twin)
    return shown[0]


async def _remove(calls: Calls, twin: File) -> None:
    """A folder only while there is nothing in it, and never for good."""
    if twin["appProperties"].get("mh_kind") not in {"folder", "snapshots"}:
        await calls.delete(twin["id"])
    elif not (await calls.files(child_of(twin["id"]), size=1)).get("files"):
        await calls.update(twin["id"], {"trashed": True})


async def _kept(calls: Calls, found: list[File]) -> File:
    """As `_only`, and marked: a twin that no list shows yet may be older than this one."""
    file = await _only(calls, found)
    try:
        return await calls.update(file["id"], {"appProperties": {KEPT: "1"}})
    except GoogleDocsError:
        return file


def settle_seen(calls: Calls, groups: list[list[File]]) -> None:
    """Delete, afterwards, the twins that a list showed; not while their maker may be at it."""
    latest = datetime.now(UTC) - SETTLED
    for group in groups:
        if all(datetime.fromisoformat(file["createdTime"]) < latest for file in group):
            _go_on(_only(calls, group))


def _settle_afterwards(calls: Calls, key: str, folder: str) -> None:
    """Google may carry out a call long after we stopped waiting, and its lists lag: look again."""

    async def settle() -> None:
        for times in LOOKS:
            await asyncio.sleep(times * calls.transport.timeout)
            if found := await look_up(calls, key, folder):
                await _only(calls, found)

    _go_on(settle())


def _go_on(work: Awaitable[object]) -> None:
    async def quietly() -> None:
        try:
            await work
        except GoogleDocsError:
            # Lists show one of the twins only, and settle them another time.
            return

    task = asyncio.get_running_loop().create_task(quietly(), context=deadline.without())
    _afterwards.add(task)
    task.add_done_callback(_afterwards.discard)
