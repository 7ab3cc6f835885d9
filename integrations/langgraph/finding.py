"""Items that are looked for: by namespace, by what their values say, by a query; and namespaces."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from integrations.langgraph import conditions, items
from integrations.langgraph.names import ENDING, folder_of, item_at
from integrations.root_folder import files_below
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput
from memory_hub.rate_limits.bill import charge
from memory_hub.rate_limits.prices import READ, SEARCH
from superthread.reads import listing
from superthread.reads.filters import ME, Filters, Under
from superthread.reads.representation import Row
from superthread.reads.shape import WHOLE
from superthread.search import service

PAGE = 100
# Items and bytes of contents that are looked at for one answer.
EXAMINED, LOOKED_AT = 20_000, 64 * 2**20
ANSWERED = 8 * 2**20
# Paths that are looked at for one list of namespaces, and those that cost as much as a list.
PATHS, PATHS_AT_ONCE = 100_000, 2_000
ANY = "*"


def search(asked: dict[str, Any], by: Principal) -> list[dict[str, Any]]:
    """The items of a search: of a query best first, else what was changed last first."""
    wanted = asked["filter"] if asked.get("filter") else {}
    within = Filters(
        owner=ME, under=Under.of(folder_of(items.root_of(by), asked["namespace_prefix"]))
    )
    refreshes = asked.get("refresh_ttl") is not False
    first, last = asked["offset"], asked["offset"] + asked["limit"]
    found: list[dict[str, Any]] = []
    size, met = 0, 0
    for row in _rows(asked.get("query") or "", within, by):
        item = items.shown(row, by)
        if item is None or not conditions.is_met(item["value"], wanted):
            continue
        met += 1
        if met <= first:
            continue
        found.append(item | ({"score": row["score"]} if "score" in row else {}))
        size += row["size"]
        if size > ANSWERED:
            detail = "These items are longer than 8 MB together: ask for fewer at a time."
            raise BadInput.at("/limit", "too-long", detail)
        if refreshes:
            items.keep_longer(row, by)
        if met == last:
            break
    return found


def _rows(query: str, within: Filters, by: Principal) -> Iterator[Row]:
    """The memories in order. Raises BadInput where more would have to be looked at than one search
    may."""
    pages = partial(_found, query, within, by) if query else partial(_newest, within, by)
    cursor, count, size = None, 0, 0
    while True:
        rows, cursor = pages(cursor)
        for row in rows:
            count, size = count + 1, size + row["size"]
            if count > EXAMINED or size > LOOKED_AT:
                detail = "Too many items would have to be looked at: name more of the namespace."
                raise BadInput.at("/namespace_prefix", "too-many", detail)
            yield row
        if cursor is None:
            return
        charge(SEARCH if query else READ)


def _newest(within: Filters, by: Principal, cursor: str | None) -> tuple[list[Row], str | None]:
    rows: list[Row] = []

    def show(row: Row) -> int:
        rows.append(row)
        return row["size"]

    page = listing.page(
        by=by,
        filters=within,
        place={"scope": "personal", "team_key": None, "category": None},
        sort="updated",
        limit=PAGE,
        cursor=cursor,
        shape=WHOLE,
        show=show,
    )
    return rows, page.next_cursor


def _found(
    query: str, within: Filters, by: Principal, cursor: str | None
) -> tuple[list[Row], str | None]:
    rows: list[Row] = []

    def show(one: service.ScoredMemory) -> int:
        if items.is_indexed(one.row):
            rows.append(one.row | {"score": one.score})
        return one.row["size"]

    try:
        page = service.search(
            query=query,
            by=by,
            scope="personal",
            filters=within,
            how=service.SearchOptions(syntax="plain"),
            limit=PAGE,
            cursor=cursor,
            show=show,
        )
    except BadInput as error:
        # A question mark alone asks for nothing.
        if any(one["code"] == "empty-query" for one in error.extra.get("errors", ())):
            return [], None
        raise
    return rows, page.next_cursor


def namespaces(asked: dict[str, Any], by: Principal) -> list[list[str]]:
    """The namespaces that have items, in order. Raises BadInput where more paths would have to be
    looked at than one list may."""
    root, depth = items.root_of(by), asked.get("max_depth")
    prefix, suffix = asked.get("prefix") or (), asked.get("suffix") or ()
    # Below what is named for certain there is nothing else to look at.
    sure = next((n for n, label in enumerate(prefix) if label == ANY), len(prefix))
    paths = _paths(folder_of(root, prefix[:sure]), by)
    folders = {path[: path.rindex("/") + 1]: path for path in paths if path.endswith(ENDING)}
    told = (item_at(root, path) for path in folders.values())
    met = {
        tuple(one[0][:depth])
        for one in told
        if one and _begins(one[0], prefix) and _begins(one[0][::-1], suffix[::-1])
    }
    start = asked["offset"]
    return [list(one) for one in sorted(met)[start : start + asked["limit"]]]


def _paths(folder: str, by: Principal) -> Iterator[str]:
    """What lies below a folder; what is more than usual is paid for as it is looked at."""
    found = files_below(folder, by).values_list("path", flat=True)
    for count, path in enumerate(found.iterator(chunk_size=PATHS_AT_ONCE), 1):
        if count > PATHS:
            detail = "Too many items would have to be looked at: name more of the prefix."
            raise BadInput.at("/prefix", "too-many", detail)
        if count > 1 and count % PATHS_AT_ONCE == 1:
            charge(READ)
        yield path


def _begins(labels: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(labels) >= len(wanted) and all(
        one in (ANY, label) for one, label in zip(wanted, labels, strict=False)
    )
