"""Many memories at once: parallel calls, since Google's batches carry no media."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from google_docs.client.calls import File
from google_docs.store import memories
from google_docs.store.space import Reach, locate
from superthread.policies import Role
from superthread.store_terms import Draft

MAX_ITEMS = 100
Result = dict[str, Any]
Save = Callable[[Draft], Awaitable[File]]


async def save_all(drafts: list[Draft | Exception], save: Save) -> list[Result]:
    """Save each draft as if it came alone; `save` raises what is wrong with it.

    An item that was refused before is given as its error; so is each failure in the results.
    """

    async def one(draft: Draft | Exception) -> Result:
        if isinstance(draft, Exception):
            raise draft
        return {"status": 201, "doc_id": (await save(draft))["id"]}

    return await _each(drafts, one)


async def delete_all(reach: Reach, doc_ids: list[str]) -> list[Result]:
    """Put each into the trash as if it came alone."""
    lane = asyncio.Semaphore(20)

    async def one(doc_id: str) -> Result:
        async with lane:
            found = await locate(reach, doc_id, Role.ADMIN)
            await memories.trash(reach, found, None)
        return {"status": 204, "doc_id": doc_id}

    return await _each(doc_ids, one)


async def _each(items: list[Any], one: Callable[[Any], Awaitable[Result]]) -> list[Result]:
    answers = await asyncio.gather(*(one(item) for item in items), return_exceptions=True)
    return [{"index": index} | _result(answer) for index, answer in enumerate(answers)]


def _result(answer: Result | BaseException) -> Result:
    """Whatever one item met is told of that item, and hides nothing of the others."""
    if isinstance(answer, Exception):
        return {"error": answer}
    if isinstance(answer, BaseException):
        raise answer
    return answer
