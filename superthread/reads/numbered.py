"""Lists by the number of a page, for clients that know no cursors."""

from collections.abc import Callable
from typing import Any, NamedTuple

from orjson import Fragment

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput
from superthread.reads import listing, orders
from superthread.reads.filters import SCANNED, Filters
from superthread.reads.named import as_values
from superthread.reads.representation import Row
from superthread.reads.shape import WHOLE

# Memories before the end of a page.
DEEPEST = 10_000


class Numbered(NamedTuple):
    """The memories of a page as JSON, how many the list has, and whether these are all: of a list
    whose memories are looked at one by one SCANNED are."""

    items: list[Fragment]
    total: int
    complete: bool


def page(
    *,
    by: Principal,
    filters: Filters,
    number: int,
    size: int,
    show: Callable[[Row], Any],
) -> Numbered:
    """Page ``number``, counted from 1, of what the caller may read and the filters ask, newest
    change first. Raises BadInput for one that is too far, or longer than an answer may be."""
    begin, end = (number - 1) * size, number * size
    if end > DEEPEST:
        detail = f"Pages go to {DEEPEST} memories; narrow the list, by created_at for instance."
        raise BadInput.at("query:page", "too-far", detail)
    chosen = orders.narrowed(None) & filters.query(by)
    wanted = SCANNED + 1 if filters.scans else end
    ordered = orders.in_order(*(by, chosen, wanted), sort="updated", scope="all", asked=filters)
    if filters.scans:
        looked = listing.examined(ordered, filters, by)
        met = [row["id"] for row in looked[:SCANNED] if filters.met_by(row, by)]
        ids, total, complete = met[begin:end], len(met), len(looked) <= SCANNED
    else:
        place = {"scope": "all", "team_key": None, "category": None}
        ids = list(ordered.values_list("id", flat=True)[begin:end])
        total, complete = listing.total(by=by, filters=filters, place=place), True
    items, last = listing.in_this_order(ids, by, WHOLE, lambda row: show(as_values(row)), size)
    if last is not None:
        raise BadInput.at("query:page_size", "too-long", "The page is too long: ask for fewer.")
    return Numbered(items, total, complete)
