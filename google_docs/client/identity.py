"""One identity at Google: its credential, its quota, and what is repeated."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Self, TypeVar

from google_docs.client.answers import Reader
from google_docs.client.quota import Buckets, Cost
from google_docs.client.retry import Policy, Safety, persist
from google_docs.errors import BadAnswer, CredentialRefused, ReauthorizationRequired

if TYPE_CHECKING:  # the transport brings Google's libraries along
    from google_docs.client.transport import Build, Transport

HASTE = 5.0  # seconds
ALL_DRIVES = {"supportsAllDrives": True}
File = dict[str, Any]
T = TypeVar("T")


class GoogleIdentity:
    """How one identity asks Google: with its credential, within its quota, again where it may.
    Errors are `GoogleDocsError`s.

    `drive_id` is the shared drive that this identity works on, if any.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Any,
        *,
        identity: str,
        buckets: Buckets,
        policy: Policy,
        drive_id: str | None = None,
        bulk: int = 20,
        refused: Callable[[str], Awaitable[None]] | None = None,
        rotated: Callable[[str], Awaitable[None]] | None = None,
    ):
        self.transport, self.credentials, self.identity = transport, credentials, identity
        self.buckets, self.policy, self.drive_id = buckets, policy, drive_id
        self._patient = False
        # Seconds to wait for room in the buckets.
        self._patience: float | None = None
        # Awaited when Google no longer accepts the credential, and when it gave another token.
        self._refused, self._rotated = refused, rotated
        # Of one identity's batches and lists with contents so many calls are under way at once:
        # the other threads stay free for everybody else.
        self.bulk = asyncio.Semaphore(bulk)

    async def _do(
        self, build: Build, read: Reader[T], cost: Cost, safety: Safety = Safety.READ
    ) -> T:
        tries = count()

        async def attempt(left: float) -> T:
            await self._admit(cost, left)
            again = next(tries) > 0
            writes = safety is not Safety.READ
            return await self.transport.run(
                build, read, self.credentials, left, again=again, writes=writes
            )

        return await self._with_token(lambda: self._persist(self._renewing(attempt), safety))

    async def _with_token(self, work: Callable[[], Awaitable[T]]) -> T:
        """Note for others what happened to the credential meanwhile: refused, or exchanged."""
        try:
            done = await work()
        except (ReauthorizationRequired, CredentialRefused) as error:
            if self._refused:
                await self._refused(str(error))
            raise
        if self._rotated and (token := self.credentials.take_rotated()):
            await self._rotated(token)
        return done

    def _renewing(
        self, attempt: Callable[[float], Awaitable[T]]
    ) -> Callable[[float], Awaitable[T]]:
        """The attempt with a token; after a 401 once more with another one."""

        async def renewed(left: float) -> T:
            began = time.monotonic()
            await self.transport.ready(self.credentials, left)
            token = self.credentials.token_in_use
            try:
                return await attempt(left)
            except ReauthorizationRequired:
                self.credentials.reject(token)
                left -= time.monotonic() - began
                await self.transport.ready(self.credentials, max(left, 0.1))
                return await attempt(max(left, 0.1))

        return renewed

    async def _admit(self, cost: Cost, left: float) -> None:
        """Wait until the call may go out. Raises Gone before anything is taken for it."""
        self.transport.require_reachable()
        await self.buckets.take(self.identity, cost, left, self._patience)

    async def _persist(self, attempt: Callable[[float], Awaitable[T]], safety: Safety) -> T:
        return await persist(attempt, safety=safety, policy=self.policy, patient=self._patient)

    def patient(self) -> Self:
        """The same calls, for the one question that must be answered: whether a write whose
        answer got lost was carried out. They wait for a Google that is gone, too."""
        calls = copy(self)
        calls._patient = True
        return calls

    def hasty(self) -> Self:
        """The same calls, for one of many: they give up soon, since the others wait for it."""
        calls = copy(self)
        calls.policy = replace(self.policy, tries=2, deadline=min(self.policy.deadline, HASTE))
        calls._patience = HASTE / 10
        return calls


async def all_pages(name: str, ask: Callable[[str | None], Awaitable[File]]) -> list[File]:
    """What all pages hold. BadAnswer for pages that go round in circles."""
    found: list[File] = []
    seen: set[str | None] = set()
    page = None
    while page not in seen:
        seen.add(page)
        answer = await ask(page)
        found += answer.get(name, [])
        page = answer.get("nextPageToken")
        if page is None:
            return found
    raise BadAnswer("Google's pages have no end.")
