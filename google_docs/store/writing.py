"""Changing the text of one document: only what differs, once, guarded by its revision."""

import asyncio
import random
from dataclasses import dataclass, field

from google_docs.client.answer_cache import outdate
from google_docs.errors import GoogleDocsError, RevisionMismatch, WouldLoseStructure
from google_docs.store.space import Located
from google_docs.text.edits import Plan, plan
from google_docs.text.pieces import Reading, Shown
from google_docs.text.rewriting import forced
from memory_hub.core.errors import StaleRevision
from memory_hub.threads.worker_pool import run_in_worker

# Of a write without If-Match that meets other writers.
REREADS = 3
# Characters whose comparison is left to a worker thread.
LONG = 20_000


@dataclass(frozen=True)
class Written:
    """What the document shows after a change, and before; what a forced one took away. `own` is
    the text as the hub left it: somebody may have typed since."""

    shown: Shown
    before: str
    own: str
    lost: dict[str, int] = field(default_factory=dict)


async def rewrite(
    found: Located, text: str, expected: set[str] | None, *, force: bool = False
) -> Written:
    """Make the canonical text that of the document, unless someone revised it first.

    With `expected` a revision that is not among them is StaleRevision. Without it the last write
    wins: it reads again when another one was faster, and gives up with 409 after three times.
    WouldLoseStructure where the change cuts what plain text cannot hold, but with `force`.
    """
    calls, doc_id = found.calls, found.doc_id
    met: GoogleDocsError = RevisionMismatch("Others keep revising this memory; try again.")
    others, failures = 0, 0
    while others < REREADS and failures < calls.policy.tries:
        reading = await calls.extent(doc_id)
        if expected is not None and reading.revision not in expected:
            raise await stale(found, reading.revision)
        edits = await _plan(reading, text, force=force)
        if not edits.requests:
            return Written(reading.told(), reading.text, reading.text)
        try:
            revision = await calls.rewrite(doc_id, edits.requests, reading.revision or "")
            return await _written(found, reading, text, revision)
        except RevisionMismatch:
            if expected is not None:
                raise await stale(found, await calls.revision(doc_id)) from None
            others += 1
        except GoogleDocsError as error:
            if error.untouched and not error.answered:
                raise
            # The answer got lost, or is a refusal. If our text is there it was carried out; if not,
            # the revision guards the next try as it did this one.
            after = await calls.patient().extent(doc_id)
            if after.revision != reading.revision and _same(after.text, text):
                return _of(reading, after.told(), after.text)
            if not error.transient:
                raise
            met = error
            await asyncio.sleep(calls.policy.pause(failures, error.retry_after, random.random))
            failures += 1
    raise met


def _same(one: str, other: str) -> bool:
    """Whether two texts have the same lines: those behind all notes are put into the body."""
    return sorted(one.split("\n")) == sorted(other.split("\n"))


async def _plan(reading: Reading, text: str, *, force: bool) -> Plan:
    make = forced if force else plan
    if len(text) + len(reading.text) > LONG:
        edits = await run_in_worker(make, reading, text)
    else:
        edits = make(reading, text)
    if edits.conflicts:
        raise WouldLoseStructure(dict(edits.conflicts))
    return edits


async def _written(found: Located, reading: Reading, text: str, revision: str) -> Written:
    try:
        shown = await found.calls.document(found.doc_id)
    except GoogleDocsError:
        return _of(reading, Shown(text, dict(reading.lossy), len(reading.tabs), revision), text)
    return _of(reading, shown, shown.text if shown.revision == revision else text)


def _of(reading: Reading, shown: Shown, own: str) -> Written:
    lost = reading.lossy.copy()
    lost.subtract(shown.lossy)
    if len(reading.tabs) > shown.tabs:
        lost["tab"] += len(reading.tabs) - shown.tabs
    return Written(shown, reading.text, own, {k: n for k, n in lost.items() if n > 0})


async def require_revision(found: Located, expected: set[str]) -> None:
    """Raises StaleRevision unless the present revision is among the expected ones."""
    current = await found.calls.revision(found.doc_id)
    if current not in expected:
        raise await stale(found, current)


async def require_no_loss(found: Located, text: str) -> None:
    """Raises WouldLoseStructure where the text cannot be written without force."""
    await _plan(await found.calls.extent(found.doc_id), text, force=False)


async def stale(found: Located, current: str | None) -> StaleRevision:
    """Who reads again after this must not be shown what was kept of the document before."""
    await outdate([found.doc_id])
    return StaleRevision("The memory was revised by someone else.", current_revision=current)
