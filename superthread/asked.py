"""Lists and searches as validated questions ask for them, whichever door these came in by."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from memory_hub.accounts.principal import Principal
from superthread.queries import filters_of
from superthread.reads import listing, memories
from superthread.reads.representation import Row
from superthread.reads.shape import Shape
from superthread.search import service


def listed(
    asked: dict[str, Any], *, by: Principal, shape: Shape, show: Callable[[Row], Any]
) -> tuple[listing.Page, int | None]:
    """The page that a ``ListQuery`` without ids asks for, and with ``total`` how many there are
    over all pages. Raises BadInput, Spent."""
    asked = {name: value for name, value in asked.items() if name not in ("fields", "content")}
    place = {"scope": asked.pop("scope")}
    place |= {name: asked.pop(name, None) for name in ("team_key", "category")}
    filters, counted = filters_of(asked), asked.pop("total")
    how = {"shape": shape, "show": show, "cursor": None, **asked}
    if replace(filters, under=None).is_empty:
        how["under"] = filters.under
        page = listing.Page(*memories.page(by=by, **place, **how))
    else:
        page = listing.page(by=by, filters=filters, place=place, **how)
    total = listing.total(by=by, filters=filters, place=place) if counted else None
    return page, total


def searched(
    asked: dict[str, Any], *, by: Principal, show: Callable[[service.Found], Any]
) -> service.Page:
    """The results that a ``SearchBody`` asks for. Raises BadInput, Spent."""
    asked = {name: value for name, value in asked.items() if name not in ("fields", "content")}
    how = service.How(syntax=asked.pop("syntax"), sort=asked.pop("sort"), **asked.pop("recency"))
    filters = filters_of(asked)
    return service.search(by=by, filters=filters, how=how, **asked, show=show)
