"""Memories of a list, for what is more than a list of them."""

from collections.abc import Callable
from typing import Any, TypeVar

from integrations.mcp.tools.arguments import validated
from memory_hub.accounts.principal import Principal
from superthread.questions import listed
from superthread.reads.representation import Row
from superthread.reads.shape import Shape
from superthread.serializers.lists import ListQuery

T = TypeVar("T")
NAMED = Shape(content="none")


def page(
    by: Principal, show: Callable[[Row], Any], shape: Shape = NAMED, **asked: str
) -> tuple[list[Any], str | None]:
    """What ``show`` makes of the memories that a ``ListQuery`` asks for, as JSON, and the cursor of
    the next page."""
    query = validated(ListQuery, {"content": shape.content, **asked})
    found, _ = listed(query, by=by, shape=shape, show=show)
    return found.items, found.next_cursor


def gathered(
    by: Principal, make: Callable[[Row], T], shape: Shape = NAMED, pages: int = 1, **asked: str
) -> list[T]:
    """The same as values, of so many pages at most."""
    found: list[T] = []
    for _ in range(pages):
        _, cursor = page(by, lambda row: found.append(make(row)), shape, **asked)
        if cursor is None:
            break
        asked["cursor"] = cursor
    return found
