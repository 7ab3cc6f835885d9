"""Lists with filters, memories by their ids, and how many there are."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Min, QuerySet, TextField
from django.db.models.functions import Cast
from orjson import Fragment

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.caching import valid_until
from memory_hub.core.errors import BadInput
from superthread import policies
from superthread.models import Memory
from superthread.reads import bounded_pages, named, orders
from superthread.reads.filters import SCANNED, Filters
from superthread.reads.representation import Row, living
from superthread.reads.shape import Shape

LISTED = 100  # categories and tags
_METADATA = Memory._meta.get_field("metadata")
_EXAMINED = ("id", "doc_id", "scope", "owner_id", "path", "created_at", "updated_at", "expires_at")


class ListPage(NamedTuple):
    """Memories as JSON and the cursor of the next page. ``examined`` is how many were looked at,
    None where an index found them."""

    items: list[Fragment]
    next_cursor: str | None
    examined: int | None = None


def page(
    *,
    by: Principal,
    filters: Filters,
    place: dict[str, Any],
    sort: str,
    limit: int,
    cursor: str | None,
    shape: Shape,
    as_texts: bool = False,
    show: Callable[[Row], Any],
) -> ListPage:
    """A page of a list with filters; ``place`` has scope, team_key and category, ``show`` gets rows
    as in ``memories.page``.

    What has to be examined memory by memory is examined SCANNED at a time: a page may then hold
    fewer than ``limit``, even none, and still have a next one. Raises as ``reads.page``.
    """
    fingerprint = "|".join((sort, *(value or "" for value in place.values()), repr(filters)))
    chosen = orders.narrowed(place["category"]) & filters.query(by, sort)
    after = orders.place_values(decode(cursor, fingerprint), sort) if cursor else None
    in_order = partial(
        *(orders.in_order, by, chosen),
        sort=sort,
        scope=place["scope"],
        team_key=place["team_key"],
        asked=filters,
        after=after,
    )
    if filters.scans:
        met, examined, last_looked = _scanned(in_order(SCANNED + 1), filters, by)
    else:
        met = list(in_order(limit + 1).values("id", "scope", "path", "created_at", "updated_at"))
        examined, last_looked = None, None
    shown = show if as_texts else lambda row: show(named.as_values(row))
    items, last = in_this_order([row["id"] for row in met[:limit]], by, shape, shown, limit)
    if last is None:
        # As they were found: one of them may be gone since, and the rest is there still.
        last = met[limit - 1] if len(met) > limit else last_looked
    following = encode(fingerprint, orders.place_of(last, sort)) if last else None
    return ListPage(items, following, examined)


def _scanned(
    memories: QuerySet[Memory], filters: Filters, by: Principal
) -> tuple[list[Row], int, Row | None]:
    """Of the first SCANNED memories those that meet the filters, how many were examined, and the
    last of these where there are more."""
    scanned = examined(memories, filters, by)
    met = [row for row in scanned[:SCANNED] if filters.met_by(row, by)]
    last = scanned[SCANNED - 1] if len(scanned) > SCANNED else None
    return met, min(len(scanned), SCANNED), last


def examined(memories: QuerySet[Memory], filters: Filters, by: Principal) -> list[Row]:
    """What the filters look at: the caller's role, which takes as long as all else, only where
    they ask for it."""
    if filters.role or filters.tests:
        with_role = memories.annotate(role=policies.effective_role(by))
        return _looked_at(with_role, (*_EXAMINED, "role"))
    return _looked_at(memories, _EXAMINED)


def _looked_at(memories: QuerySet[Memory], names: Sequence[str]) -> list[Row]:
    """These columns, the team and the metadata."""
    named = memories.annotate(team_key=F("team__key"), raw=Cast("metadata", TextField()))
    rows = list(named.values(*names, "team_key", "raw"))
    for row in rows:
        row["metadata"] = _METADATA.from_db_value(row.pop("raw"), None, connection)
    return rows


def in_this_order(
    ids: Sequence[int], by: Principal, shape: Shape, show: Callable[[Row], Any], limit: int
) -> bounded_pages.Part:
    """The memories of these ids in their order, those that the caller may still read; ``show`` gets
    rows of texts."""
    rows = named.by_numbers(ids, by=by, content=shape.reads)
    return _part([rows[pk] for pk in ids if pk in rows], by, show, limit)


def _part(
    rows: Iterable[Row], by: Principal, show: Callable[[Row], Any], limit: int
) -> bounded_pages.Part:
    return bounded_pages.part(
        living(rows),
        whole=lambda brief: named.row_of(doc_id=UUID(brief["doc_id"]), by=by),
        show=show,
        limit=limit,
    )


def by_ids(
    rows: Mapping[str, Row],
    *,
    by: Principal,
    doc_ids: Sequence[str],
    cursor: str | None,
    show: Callable[[Row], Any],
) -> tuple[ListPage, list[str]]:
    """These memories in the order asked for, and the ids of which there is none for the caller:
    ``rows`` is what ``named.by_ids`` found of them, and of such rows of texts ``show`` gets each.

    By id an offered memory is there, too. A page that would be too long goes on by its cursor.
    """
    fingerprint = "|".join(("ids", *doc_ids))
    (begin,) = decode(cursor, fingerprint) if cursor else (0,)
    missing = [one for one in doc_ids if one not in rows]
    wanted = [dict(rows[one]) for one in doc_ids[begin:] if one in rows]
    items, last = _part(wanted, by, show, len(wanted) + 1)
    # Counted in what was asked for: which of these there are may be another thing by then.
    following = encode(fingerprint, [doc_ids.index(last["doc_id"]) + 1]) if last else None
    return ListPage(items, following), missing


def total(*, by: Principal, filters: Filters, place: dict[str, Any]) -> int:
    """How many memories the list has over all its pages. Raises BadInput where they would have to
    be examined one by one."""
    if filters.scans:
        detail = "What is examined memory by memory is not counted before it is seen."
        raise BadInput.at("query:total", "not-counted", detail)
    chosen = orders.filters(**place) & filters.query(by)
    public = policies.shows_public(place["scope"])
    visible = Memory.objects.filter(policies.visible_to(by, public=public), chosen)
    counted = visible.aggregate(total=Count("pk"), first=Min("expires_at"))
    # A count is no longer true when one of those counted expires, on the page or not.
    valid_until(counted["first"])
    return counted["total"]


def facets(*, by: Principal, place: dict[str, Any]) -> dict[str, Any]:
    """How many memories of a list are in each category, and how many have each tag.

    Categories are counted over all, the hundred largest; tags, which no index answers, over the
    SCANNED memories changed last, and ``complete`` tells whether these were all.
    """
    chosen, public = orders.filters(**place), policies.shows_public(place["scope"])
    visible = Memory.objects.filter(policies.visible_to(by, public=public), chosen)
    valid_until(visible.aggregate(first=Min("expires_at"))["first"])
    counted = visible.order_by().values("category").annotate(n=Count("pk"))
    categories = counted.order_by("-n", "category")[:LISTED]
    where = {"scope": place["scope"], "team_key": place["team_key"]}
    narrowed = orders.narrowed(place["category"])
    latest = _looked_at(
        orders.in_order(by, narrowed, SCANNED + 1, sort="updated", **where), _EXAMINED
    )
    tags = Counter(tag for row in latest[:SCANNED] for tag in _tags(row["metadata"]))
    return {
        "categories": {row["category"]: row["n"] for row in categories},
        "tags": dict(sorted(tags.items(), key=lambda pair: (-pair[1], pair[0]))[:LISTED]),
        "examined": min(len(latest), SCANNED),
        "complete": len(latest) <= SCANNED,
    }


def _tags(metadata: dict[str, Any]) -> set[str]:
    tags = metadata.get("tags")
    named = [tags] if isinstance(tags, str) else tags if isinstance(tags, list) else []
    return {tag for tag in named if isinstance(tag, str)}
