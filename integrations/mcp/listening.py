"""``subscriptions/listen``: what changes, told as it becomes known, fed by the feed of changes.

A memory by its id or its path, and a place (``memory://personal``, ``memory://team/{team_key}``,
``memory://public``) can be subscribed to; lists of resources and prompts tell that they are others.
Tools never change while a stream goes on: they follow from its token's scopes. Nothing is told to a
token that is restricted to a part of the memories, for the feed is of all of them.
"""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import Any, NamedTuple

from integrations.mcp.addresses import Address, address_of
from integrations.mcp.caller import Caller
from integrations.mcp.prompts import list_prompts
from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import INVALID_PARAMS, Fault
from integrations.mcp.protocol.replying import frame, subscribed, subscription_ended
from integrations.mcp.tools.arguments import chosen
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from memory_hub.http.streaming import EventStream
from superthread.feed.changes import NOW, FeedPage
from superthread.feed.following import Follower, when_there_is_room
from superthread.scopes import MEMORIES_READ

METHOD = "subscriptions/listen"
MOST = 100  # addresses of a subscription
PAGE = 100  # changes looked at together
UPDATED = "memory.updated"
# By which a memory leaves the place that it was in; of none of them it is told which that was.
LEAVING = {"memory.gone", "memory.moved", "memory.transferred"}
Change = dict[str, Any]


class Subscription(NamedTuple):
    """What a client wants to hear of: memories and places by their addresses as it wrote them."""

    addresses: dict[str, Address]
    resources: bool
    prompts: bool

    @property
    def is_nothing(self) -> bool:
        return not (self.addresses or self.resources or self.prompts)

    def as_json(self) -> dict[str, Any]:
        """As it is acknowledged."""
        told = {
            "resourceSubscriptions": [*self.addresses],
            "resourcesListChanged": self.resources,
            "promptsListChanged": self.prompts,
        }
        return {name: value for name, value in told.items() if value}


def wanted_of(call: Call, by: Principal) -> Subscription:
    """As much of what the call wants as its caller can have. Raises Fault."""
    asked = call.params.get("notifications")
    if not isinstance(asked, dict):
        raise Fault(INVALID_PARAMS, "params.notifications must be an object.")
    uris = asked.get("resourceSubscriptions") or []
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise Fault(INVALID_PARAMS, "resourceSubscriptions must be a list of addresses.")
    if len(uris) > MOST:
        raise Fault(INVALID_PARAMS, f"At most {MOST} addresses can be subscribed to at once.")
    if by.is_narrowed or not by.may(MEMORIES_READ):
        return Subscription({}, False, False)
    known = {uri: found for uri in uris if (found := address_of(uri)) is not None}
    lists = (asked.get(name) is True for name in ("resourcesListChanged", "promptsListChanged"))
    return Subscription(known, *lists)


async def listen(
    call: Call, caller: Caller, wanted: Subscription, who_now: Callable[[], Principal]
) -> EventStream:
    """The stream of a subscription. Raises what the hub raises where none can be opened."""
    follower = Follower(caller.by, who_now=who_now, limit=PAGE)
    first = await follower.first(NOW)
    told = _Told(call, caller, wanted, follower)
    ended = frame(subscription_ended(call))
    return EventStream(told.frames(first), by=caller.by, recheck=who_now, farewell=ended)


class _Told:
    """What is told in one stream."""

    def __init__(
        self, call: Call, caller: Caller, wanted: Subscription, follower: Follower
    ) -> None:
        self._call, self._caller, self._wanted, self._follower = call, caller, wanted, follower
        self._prompts: list[str] = []
        # What was at each path that is listened to, by the address.
        self._ids: dict[str, str | None] = {}

    async def frames(self, first: FeedPage) -> AsyncGenerator[bytes, None]:
        """The acknowledgement, and what changes after it."""
        if self._wanted.prompts:
            self._prompts = await when_there_is_room(self._names_of_prompts)
        if any(address.path for address in self._wanted.addresses.values()):
            self._ids = await when_there_is_room(self._ids_at_paths)
        yield frame(subscribed(self._call, self._wanted.as_json()))
        async with aclosing(self._follower.pages(first)) as pages:
            async for page in pages:
                if page.changes and not self._wanted.is_nothing:
                    for notice in await when_there_is_room(self._notices, page.changes):
                        yield frame(notice)

    def _notices(self, changes: list[Change]) -> list[dict[str, Any]]:
        """In a worker thread."""
        return [*self._lists(changes), *self._updates(changes)]

    def _lists(self, changes: list[Change]) -> Iterator[dict[str, Any]]:
        if self._wanted.resources and any(one["type"] != UPDATED for one in changes):
            yield self._call.notice("notifications/resources/list_changed", {})
        if self._wanted.prompts:
            names = self._names_of_prompts()
            if names != self._prompts:
                self._prompts = names
                yield self._call.notice("notifications/prompts/list_changed", {})

    def _names_of_prompts(self) -> list[str]:
        caller = Caller(self._follower.by, self._caller.profile, self._caller.credential)
        return [repr(one) for one in list_prompts(self._call, caller)["prompts"]]

    def _updates(self, changes: list[Change]) -> Iterator[dict[str, Any]]:
        changed = {one["doc_id"] for one in changes if "doc_id" in one}
        before, self._ids = self._ids, self._ids_at_paths()
        for uri, address in self._wanted.addresses.items():
            if address.id:
                is_told = address.id in changed
            elif address.path:
                now = self._ids[uri]
                is_told = now != before[uri] or now in changed
            else:
                is_told = any(_is_in(change, address) for change in changes)
            if is_told:
                yield self._call.notice("notifications/resources/updated", {"uri": uri})

    def _ids_at_paths(self) -> dict[str, str | None]:
        """In a worker thread."""
        addresses = self._wanted.addresses.items()
        return {uri: self._id_at(address) for uri, address in addresses if address.path}

    def _id_at(self, address: Address) -> str | None:
        try:
            return str(chosen(address._asdict(), self._follower.by)["doc_id"])
        except HubError:
            return None


def _is_in(change: Change, place: Address) -> bool:
    """Whether it may be of a memory that is in the place, or was."""
    is_there = change.get("scope") == place.scope
    of_team = change.get("team_key") == (place.team_key or None)
    return change["type"] in LEAVING or ("doc_id" in change and is_there and of_team)
