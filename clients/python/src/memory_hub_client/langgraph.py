"""LangGraph's ``BaseStore`` on a hub: ``pip install memory-hub-client[langgraph]``.

graph = builder.compile(store=HubStore("https://hub.example.com", token))
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
)

from memory_hub_client.calls import Call
from memory_hub_client.hub import AsyncHub, Hub

ITEMS = "/langgraph/store/items"


class HubStore(BaseStore):
    """Items as memories of whoever's token it is (`docs/langgraph.md` of the hub). Nothing is
    embedded: a query finds what has its words.

    As in LangGraph's store in memory, what a batch reads is what there was before its puts, of
    which the last one of a key counts. ``options`` are those of ``Hub``.
    """

    supports_ttl = True

    def __init__(self, url: str, token: str | None = None, **options: Any) -> None:
        self._where, self._options = (url, token), options

    @cached_property
    def hub(self) -> Hub:
        """The client of calls that are not awaited."""
        return Hub(*self._where, **self._options)

    @cached_property
    def async_hub(self) -> AsyncHub:
        """The client of those that are."""
        return AsyncHub(*self._where, **self._options)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Carries operations out, one request each."""
        wanted = list(ops)
        results: list[Result] = [None] * len(wanted)
        for place, call in _in_order(wanted):
            results[place] = _result(wanted[place], self.hub._send(call))
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """The same for asyncio."""
        wanted = list(ops)
        results: list[Result] = [None] * len(wanted)
        for place, call in _in_order(wanted):
            results[place] = _result(wanted[place], await self.async_hub._send(call))
        return results


def _in_order(ops: list[Op]) -> Iterator[tuple[int, Call]]:
    """The calls of operations, by their places: reads, then the last put of each key."""
    puts: dict[tuple[tuple[str, ...], str], tuple[int, Call]] = {}
    for place, op in enumerate(ops):
        if isinstance(op, PutOp):
            puts[op.namespace, op.key] = place, _put(op)
        else:
            yield place, _read(op)
    yield from puts.values()


def _put(op: PutOp) -> Call:
    named: dict[str, Any] = {"namespace": list(op.namespace), "key": op.key}
    if op.value is None:
        return Call("DELETE", ITEMS, json=named)
    more: dict[str, Any] = {} if op.index is None else {"index": op.index}
    more |= {} if op.ttl is None else {"ttl": op.ttl}
    return Call("PUT", ITEMS, json=named | {"value": op.value} | more)


def _read(op: Op) -> Call:
    if isinstance(op, GetOp):
        asked = {"namespace": ".".join(op.namespace), "key": op.key, "refresh_ttl": op.refresh_ttl}
        return Call("GET", ITEMS, params=asked)
    if isinstance(op, SearchOp):
        body = {
            "namespace_prefix": list(op.namespace_prefix),
            "filter": op.filter,
            "limit": op.limit,
            "offset": op.offset,
            "query": op.query,
            "refresh_ttl": op.refresh_ttl,
        }
        return Call("POST", f"{ITEMS}/search", json=body)
    if isinstance(op, ListNamespacesOp):
        return Call("POST", "/langgraph/store/namespaces", json=_listed(op))
    raise ValueError(f"Unknown operation: {type(op).__name__}")


def _listed(op: ListNamespacesOp) -> dict[str, Any]:
    conditions = op.match_conditions or ()
    named = {one.match_type: list(one.path) for one in conditions}
    if len(named) < len(conditions):
        raise ValueError("There is one prefix and one suffix at the most.")
    return named | {"max_depth": op.max_depth, "limit": op.limit, "offset": op.offset}


def _result(op: Op, told: Any) -> Result:
    if isinstance(op, GetOp):
        return None if told is None else Item(**_fields(told))
    if isinstance(op, SearchOp):
        return [SearchItem(**_fields(one), score=one.get("score")) for one in told["items"]]
    if isinstance(op, ListNamespacesOp):
        return [tuple(one) for one in told["namespaces"]]
    return None


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    """What an item is made of; it reads dates as texts."""
    names = ("value", "key", "created_at", "updated_at")
    return {name: told[name] for name in names} | {"namespace": tuple(told["namespace"])}
