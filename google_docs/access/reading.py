"""Reading one memory: from what this worker remembers, or the file and its text at once."""

import asyncio
from typing import Any

from google_docs.access.reachable import DocsCaller
from google_docs.client.answer_cache import Seen, now, stamp_of
from google_docs.client.calls import Calls
from google_docs.errors import NoSuchFile
from google_docs.store.memories import whole
from google_docs.store.space import Located, admitted, is_file_id, locate
from memory_hub.caching.generations import Stamp
from memory_hub.core.errors import NotFound
from superthread.policies import ABSENT, Role, require


async def read(caller: DocsCaller, doc_id: str) -> dict[str, Any]:
    """The memory with its exact text. NotFound for what is not the caller's to see.

    Who may read is decided anew each time, on the caller's present teams and roles; only what
    Google said is remembered.
    """
    if not is_file_id(doc_id):
        raise NotFound(ABSENT)
    identities = {space.calls.identity: space.calls for space in caller.reach.spaces}
    stamp = await stamp_of(doc_id)
    for calls in identities.values():
        seen = await caller.google.documents.get(calls, doc_id, stamp)
        found = await _admit(caller, calls, seen)
        if seen and found:
            return whole(found, seen.document)
    if len(identities) == 1:
        calls = next(iter(identities.values()))
        seen, _ = await asyncio.gather(
            _ask(calls, doc_id, stamp), caller.google.documents.watch(calls)
        )
        found = await _admit(caller, calls, seen)
        if seen is None or found is None:
            raise NotFound(ABSENT)
    else:
        asked_at = now()
        found = await locate(caller.reach, doc_id, Role.VIEWER)
        document, _ = await asyncio.gather(
            found.calls.document(doc_id), caller.google.documents.watch(found.calls)
        )
        seen = Seen(found.file, document, asked_at, stamp)
    caller.google.documents.put(found.calls, seen)
    return whole(found, seen.document)


async def _admit(caller: DocsCaller, calls: Calls, seen: Seen | None) -> Located | None:
    if seen is None:
        return None
    found = await admitted(caller.reach, calls.identity, seen.file)
    if found:
        require(found.role, Role.VIEWER)
    return found


async def _ask(calls: Calls, doc_id: str, stamp: Stamp | None) -> Seen | None:
    """The file and its document at the same time; None for a file that is not there."""
    asked_at = now()
    file, document = await asyncio.gather(
        calls.file(doc_id), calls.document(doc_id), return_exceptions=True
    )
    if isinstance(file, NoSuchFile):
        return None
    for part in (file, document):
        if isinstance(part, BaseException):
            raise part
    return Seen(file, document, asked_at, stamp)
