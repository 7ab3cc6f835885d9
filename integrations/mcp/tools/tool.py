"""What a tool is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from memory_hub.accounts.principal import Principal
from memory_hub.rate_limits.prices import READ

Args = dict[str, Any]
Told = dict[str, Any]


class Done(NamedTuple):
    """A write that was carried out: what is kept of it for its idempotency key, ids and numbers
    alone, and what is told."""

    receipt: Told
    told: Told


class Write(NamedTuple):
    """A write that is ready: all that goes before its transaction was done. ``doc_id`` is the
    memory that it is about, None for a new one."""

    doc_id: str | None
    carry_out: Callable[[], Done]


@dataclass(frozen=True)
class Tool:
    """``scopes``: any of them lets the tool be listed; what an act needs, its function asks.
    ``points`` are those of the REST request that does the same, by the arguments.
    ``handle`` returns what is told, or a Write where there is something to be written, for which
    ``again`` tells what its receipt stands for when its idempotency key comes a second time.
    ``empty`` is said in place of an answer with nothing in it; it gets the arguments.
    """

    name: str
    title: str
    description: str
    properties: Mapping[str, Any]
    output: Mapping[str, Any]
    handle: Callable[[Args, Principal], Told | Write]
    scopes: tuple[str, ...]
    required: tuple[str, ...] = ()
    points: Callable[[Args], int] = lambda args: READ
    again: Callable[[Told, Principal], Told] | None = None
    empty: Callable[[Args, Told], str | None] = lambda args, told: None
    writes: bool = False
    destroys: bool = False
    is_large: bool = False

    @cached_property
    def input(self) -> dict[str, Any]:
        """The schema of the arguments."""
        return {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.required),
            "additionalProperties": False,
        }

    @cached_property
    def told(self) -> dict[str, Any]:
        """As ``tools/list`` tells it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.input,
            "outputSchema": dict(self.output),
            "annotations": {
                "title": self.title,
                "readOnlyHint": not self.writes,
                "destructiveHint": self.destroys,
                "idempotentHint": not self.writes,
                "openWorldHint": False,
            },
        }
