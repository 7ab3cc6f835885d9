"""Where the checks work: folders of their own, and the ways to them."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from rest_framework.serializers import Serializer

from google_docs.client.calls import Calls
from google_docs.selfcheck.hub import Hub, HubAnswer
from google_docs.store.space import Space

LAG_SECONDS = 120


class NotAsWritten(Exception):
    """Google, or the hub before it, did something else than the contract says."""


def require(condition: bool, told: str) -> None:
    """Raises NotAsWritten with these words where the condition does not hold."""
    if not condition:
        raise NotAsWritten(told)


def expect(answer: HubAnswer, status: int, code: str | None = None) -> Any:
    """The body of an answer. Raises NotAsWritten for another status, or another problem."""
    told = answer.body if answer.status >= 400 else ""
    require(answer.status == status, f"{answer.status} instead of {status}: {told}")
    if code is not None:
        require(answer.body["code"] == code, f"{answer.body['code']} instead of {code}")
    return answer.body


def shape(body: dict[str, Any], kind: type[Serializer]) -> None:
    """Raises NotAsWritten unless the body has the fields that the API promises, and no other."""
    fields = kind().fields
    missing = {name for name, one in fields.items() if one.required} - set(body)
    require(not missing, f"{kind.__name__} without {', '.join(sorted(missing))}")
    unknown = set(body) - set(fields)
    require(not unknown, f"{kind.__name__} with {', '.join(sorted(unknown))}")


def word() -> str:
    """A word that stands nowhere else."""
    return "zq" + uuid.uuid4().hex[:10]


@dataclass
class Scratch:
    """A space in folders of its own, the hub in front of it, and what was found there."""

    space: Space
    hub: Hub
    lag_seconds: float = LAG_SECONDS
    share_with: str | None = None
    others: list[Calls] = field(default_factory=list)  # of the user's other accounts
    observed: dict[str, Any] = field(default_factory=dict)

    @property
    def calls(self) -> Calls:
        return self.space.calls

    async def save(self, content: str, **fields: Any) -> dict[str, Any]:
        return expect(await self.hub.ask("POST", "memories", {"content": content, **fields}), 201)

    async def eventually(self, look: Callable[[], Awaitable[bool]]) -> float | None:
        """Seconds until a look succeeds: Google's lists lag. None if that takes too long."""
        began = time.perf_counter()
        while (past := time.perf_counter() - began) < self.lag_seconds:
            if await look():
                return past
            await asyncio.sleep(min(2.0, self.lag_seconds / 10))
        return None
