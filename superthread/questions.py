"""Lists and searches as validated questions ask for them, whichever door these came in by."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from memory_hub.accounts.principal import Principal
from superthread.feed import past, past_search
from superthread.feed.branches import FollowedList
from superthread.reads import listing, memories
from superthread.reads.representation import Row
from superthread.reads.shape import Shape
from superthread.search import service
from superthread.serializers.filters import filters_of


def listed(
    asked: dict[str, Any],
    *,
    by: Principal,
    shape: Shape,
    show: Callable[[Row], Any],
    as_texts: bool = False,
) -> tuple[listing.ListPage, int | None]:
    """The page that a ``ListQuery`` without ids asks for, and with ``total`` how many there are
    over all pages. ``as_texts`` tells that ``show`` takes ids and moments that are texts, too.
    Raises BadInput, Spent."""
    asked = {name: value for name, value in asked.items() if name not in ("fields", "content")}
    if "at" in asked:
        return _as_it_was(asked, by=by, shape=shape, show=show), None
    place = {"scope": asked.pop("scope")}
    place |= {name: asked.pop(name, None) for name in ("team_key", "category")}
    filters, counted = filters_of(asked), asked.pop("total")
    how = {"shape": shape, "show": show, "cursor": None, **asked}
    if replace(filters, under=None).is_empty:
        how["under"] = filters.under
        page = listing.ListPage(*memories.page(by=by, as_texts=as_texts, **place, **how))
    else:
        page = listing.page(by=by, filters=filters, place=place, as_texts=as_texts, **how)
    total = listing.total(by=by, filters=filters, place=place) if counted else None
    return page, total


def _as_it_was(
    asked: dict[str, Any], *, by: Principal, shape: Shape, show: Callable[[Row], Any]
) -> listing.ListPage:
    return past.page(
        by=by,
        at=asked["at"],
        place=FollowedList(asked["scope"], asked.get("team_key")),
        category=asked.get("category"),
        limit=asked["limit"],
        cursor=asked.get("cursor"),
        shape=shape,
        show=show,
    )


def searched(
    asked: dict[str, Any],
    *,
    by: Principal,
    show: Callable[[service.ScoredMemory], Any],
    as_texts: bool = False,
) -> service.ResultsPage:
    """The results that a ``SearchBody`` asks for, ``as_texts`` as for lists. Raises BadInput,
    Spent."""
    asked = {name: value for name, value in asked.items() if name not in ("fields", "content")}
    if "at" in asked:
        place = {name: asked.get(name) for name in ("scope", "team_key", "category")}
        asked["moment"] = past_search.as_it_was(at=asked.pop("at"), by=by, **place)
    how = service.SearchOptions(
        syntax=asked.pop("syntax"), sort=asked.pop("sort"), **asked.pop("recency")
    )
    filters = filters_of(asked)
    how_shown = {"show": show, "as_texts": as_texts}
    return service.search(by=by, filters=filters, how=how, **asked, **how_shown)
