"""Plain saves (`asking.py`) without Django's request and DRF's view around them.

Saves of single memories that wait at the same moment are carried out together: of each token one
crossing into a thread, one look at the token, and one transaction, in which others' may be as well
(`services/save.py`). Batches have a crossing of their own.

The views are the definition: they are asked here what they make of the body, of the memory and of
an error. A request that is refused before its view is asked goes the way of all requests from the
start; once it is asked, its answer stands: nothing is charged or written twice. A generated test
holds both ways to the byte.
"""

import time
from collections.abc import Sequence
from contextvars import copy_context
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from memory_hub.accounts.principal import Principal
from memory_hub.core import deadline
from memory_hub.core.asgi_types import Scope, Send
from memory_hub.core.errors import BadInput
from memory_hub.core.request_stats import RequestStats
from memory_hub.database.plans import PlansLost, again_without_plans
from memory_hub.threads.groups import Groups
from memory_hub.threads.worker_pool import run_in_worker
from superthread.scopes import MEMORIES_WRITE
from superthread.services import save
from superthread.views.plain import ways
from superthread.views.plain.asking import SAVE, SAVES, ParsedRequest
from superthread.views.plain.ways import Found, Waiting

# Bytes of the body of a save that is carried out with others: nobody waits long for theirs.
SHORT = 8 * 1024


async def answer(scope: Scope, send: Send) -> bool:
    """Answers a plain save. False, and nothing is sent or done, where it is none."""
    way = await ways.begun(scope, SAVES) if settings.HUB_GROUPED_SAVES else None
    return way is not None and await ways.answered(_found, way, scope, send)


async def _found(
    asked: ParsedRequest, key: bytes | None, observation: RequestStats | None
) -> Found:
    """The answer, alone or with others of the same token."""
    if asked.route is not SAVE:
        return await run_in_worker(_by_view, asked)
    if len(asked.body) > SHORT or not _groups.has_room(key):
        return None
    one = Waiting(asked, copy_context(), observation, time.perf_counter_ns())
    return await _groups.read(key, one)


def _by_view(asked: ParsedRequest) -> Found:
    """What the view answers, None where it was not asked. In a worker thread."""
    by = ways.caller_of(asked, MEMORIES_WRITE)
    view = _view_of(asked, by) if by is not None else None
    if view is None:
        return None
    return ways.told(
        asked, view, lambda: again_without_plans(partial(view.perform, view.post, (), {}))
    )


def _save(group: Sequence[Waiting]) -> list[Found]:
    """The answers to saves of single memories, all with the same token; None where the view was not
    asked. In a worker thread."""
    with ways.noted(group):
        by = ways.caller_of(group[0].asked, MEMORIES_WRITE)
        if by is None:
            return [None] * len(group)
        saves = [one.context.run(_Save, one.asked, by) for one in group]
        _store([one for one in saves if one.is_to_be_stored])
    return [one.context.run(saved.answer) for one, saved in zip(group, saves, strict=True)]


class _Save:
    """One of a group: its view, and what became of the memory. Made and asked in the context of its
    request."""

    def __init__(self, asked: ParsedRequest, by: Principal) -> None:
        self._asked, self._outcome = asked, None
        self.deadline = deadline.current.get()
        self.view = _view_of(asked, by.by_way_of(ways.origin_of(asked)))
        if self.view is None:
            return
        try:
            self.view.prepared = self.view.prepare_post(self.view.request)
            if save.goes_alone(self.view.prepared):
                self._outcome = again_without_plans(partial(save.store, self.view.prepared))
        except Exception as error:
            # Whatever it is, it is told as the view tells it, and it is nobody else's.
            self._outcome = error

    @property
    def is_to_be_stored(self) -> bool:
        """Whether it was prepared, and is not stored yet."""
        return self.view is not None and self._outcome is None

    def became(self, outcome: Any) -> None:
        """Notes the row that it is stored as, or why it is not."""
        self._outcome = outcome

    def answer(self) -> Found:
        """What the view answers, None where it was not asked, or is to be asked again."""
        if self.view is None or isinstance(self._outcome, PlansLost):
            return None
        return ways.told(self._asked, self.view, self._made)

    def _made(self) -> HttpResponse:
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self.view.saved(self._outcome)


def _store(saves: Sequence[_Save]) -> None:
    """Stores memories that go together."""
    outcomes = save.store_each([(one.view.prepared, one.deadline) for one in saves])
    for one, outcome in zip(saves, outcomes, strict=True):
        one.became(outcome)


def _view_of(asked: ParsedRequest, by: Principal) -> Any:
    """The view that the caller was admitted to, None for a query string that is not in order, and
    for one that asks for more than to save."""
    try:
        view = ways.view_of(asked, by)
    except BadInput:
        return None
    return None if view.parameters.get("report_duplicates") else view


_groups: Groups[Waiting, Found] = Groups(_save, most=ways.MOST)
