"""What the index has of some terms within a caller's spaces, read by one statement.

One, for it must be of one moment: a space is folded while others search.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from memory_hub.database.dialect import array, is_postgres, number_list
from memory_hub.database.statements import Planned, rows
from superthread.search.index.documents import weighed_length
from superthread.search.index.holders import Holders
from superthread.search.index.packing import code_of, spellings_in
from superthread.search.index.pages import TERM_BITS, entries_of, lists_in
from superthread.search.index.segments import Segment

# Segments up to which long lists are read at once; of more of them only those of terms that decide.
FEW_SEGMENTS = 64


class Doc(NamedTuple):
    """A document that no segment tells of: memory, weighed length, terms and counts."""

    memory_id: int
    length: int
    terms: bytes
    counts: bytes


class SegmentPostings(NamedTuple):
    """The postings of a term in a segment: how many, the list, or the key of its page, and the best
    of them (``index.bests``)."""

    segment: int
    entries: int
    data: bytes | None
    key: int
    best: int = 0


class Read(NamedTuple):
    """What was read: segments, of each space the memories that they may have and shall not tell of,
    how many fresh documents there are, those with one of the terms, the same of what was granted,
    and by term its parts."""

    segments: list[Segment]
    outdated: dict[int, list[int]]
    fresh: int
    documents: list[Doc]
    granted: list[Doc]
    parts: dict[int, list[SegmentPostings]]


_SEGMENTS, _FRESH, _PAGES, _GRANTED = range(4)
_TOP = 1 << TERM_BITS
_SQL = (
    "WITH s AS (SELECT id, stamp, space, memories, first, last, gone "
    "FROM superthread_search_segment AS g {where}), "
    "many AS (SELECT count(*) AS n FROM s), "
    "k AS (SELECT DISTINCT s.id, (SELECT min(q.key) FROM superthread_search_page AS q "
    f"WHERE q.key >= CAST(s.id AS bigint) * {_TOP} + t.term "
    f"AND q.key < (CAST(s.id AS bigint) + 1) * {_TOP}) AS key "
    "FROM s CROSS JOIN {terms} AS t) "
    f"SELECT {_SEGMENTS} AS kind, CAST(id AS bigint) AS a, stamp AS b, space AS c, "
    "memories AS d, first AS e, last AS f, gone AS x, {bytes} AS y FROM s "
    f"UNION ALL SELECT {_FRESH}, g.memory_id, g.known, g.space, d.length, NULL, NULL, "
    "d.terms, d.counts FROM superthread_search_fresh AS g {of_fresh} {where} "
    f"UNION ALL SELECT {_PAGES}, p.key, p.entries, p.best, NULL, NULL, NULL, "
    f"CASE WHEN p.entries = 0 OR many.n <= {FEW_SEGMENTS} THEN p.data END, {{bytes}} "
    "FROM k CROSS JOIN many {of_key}"
)
_GRANTS = (
    f" UNION ALL SELECT {_GRANTED}, d.memory_id, NULL, d.space, d.length, NULL, NULL, "
    "d.terms, d.counts FROM ({{granted}}) AS g {of_grant}"
)
# What has none of the terms is told without its own: it would be longer than all else.
_TOLD = (
    "CASE WHEN EXISTS (SELECT 1 FROM unnest(%s::bytea[]) AS w WHERE position(w IN d.{0}) > 0) "
    "THEN d.{1} END AS {1}"
)
# OFFSET 0: PostgreSQL looks each row up by its key, whatever it takes the tables to be like.
_DOCUMENT = (
    "(SELECT d.memory_id, d.space, d.length, "
    f"{_TOLD.format('terms', 'terms')}, {_TOLD.format('terms', 'counts')} "
    "FROM superthread_search_document AS d WHERE d.memory_id = g.memory_id "
    "AND d.terms IS NOT NULL{} OFFSET 0) AS d ON true"
)
_EACH = {
    "postgresql": {
        "where": "WHERE g.space = ANY (%s::bigint[])",
        "terms": "(SELECT unnest(%s::bigint[]) AS term)",
        "bytes": "CAST(NULL AS bytea)",
        "of_fresh": f"LEFT JOIN LATERAL {_DOCUMENT.format(' AND d.space = g.space')}",
        "of_key": "JOIN LATERAL (SELECT p.key, p.entries, p.best, p.data "
        "FROM superthread_search_page AS p WHERE p.key = k.key OFFSET 0) AS p ON true",
        "of_grant": f"JOIN LATERAL {_DOCUMENT.format('')}",
    },
    # CROSS JOIN: in this order.
    "sqlite": {
        "where": "WHERE g.space IN (SELECT value FROM json_each(%s))",
        "terms": "(SELECT value AS term FROM json_each(%s))",
        "bytes": "NULL",
        "of_fresh": "LEFT JOIN superthread_search_document AS d ON d.memory_id = g.memory_id "
        "AND d.space = g.space AND d.terms IS NOT NULL",
        "of_key": "CROSS JOIN superthread_search_page AS p ON p.key = k.key",
        "of_grant": "CROSS JOIN superthread_search_document AS d ON d.memory_id = g.memory_id "
        "WHERE d.terms IS NOT NULL",
    },
}


def _built(vendor: str, *, everywhere: bool) -> tuple[str, str]:
    """The statement, and its part for what was granted."""
    each = _EACH[vendor] | ({"where": ""} if everywhere else {})
    return _SQL.format(**each), _GRANTS.format(**each)


_BUILT = {
    (vendor, everywhere): _built(vendor, everywhere=everywhere)
    for vendor in _EACH
    for everywhere in (False, True)
}


def read(terms: Sequence[int], holders: Holders) -> Read:
    """What there is of the terms, by their ids."""
    spaces, codes = holders.spaces, [code_of(term) for term in terms]
    sql, granted_sql = _BUILT["postgresql" if is_postgres() else "sqlite", spaces is None]
    told = [array(codes)] * 2 if is_postgres() else []
    given = [] if spaces is None else [number_list(spaces)]
    params = [*given, number_list(terms), *told, *given]
    if holders.email:
        granted, values = holders.granted("memory_id")
        sql += granted_sql.format(granted=granted)
        params += [*values, *told]
    return _taken_apart(rows(Planned(sql, params)), sorted(terms), codes, set(spaces or ()))


def _taken_apart(
    found: Sequence[tuple], terms: list[int], codes: list[bytes], spaces: set[int]
) -> Read:
    result = Read([], {}, 0, [], [], {})
    places: dict[int, int] = {}
    fresh = 0
    pages = []
    for kind, a, b, c, d, e, f, x, y in found:
        if kind == _PAGES:
            pages.append((a, b, c, x))
        elif kind == _SEGMENTS:
            places[a] = len(result.segments)
            result.segments.append(Segment(a, b, c, 0, d, 0, e, f, spellings_in(bytes(x))))
        elif kind == _FRESH:
            if b:
                result.outdated.setdefault(c, []).append(a)
            if d is not None:
                fresh += 1
                _keep(result.documents, a, d, x, y, codes)
        elif c not in spaces:
            _keep(result.granted, a, d, x, y, codes)
    for key, entries, best, data in pages:
        _parts_of(result, places[key >> TERM_BITS], key, entries, best, data, terms)
    return result._replace(fresh=fresh)


def _keep(
    documents: list[Doc], pk: int, length: int, terms: Any, counts: Any, codes: list[bytes]
) -> None:
    """Keeps a document that has one of the codes."""
    if terms is None:
        return
    told = bytes(terms)
    if any(code in told for code in codes):
        documents.append(Doc(pk, weighed_length(length), told, bytes(counts)))


def _parts_of(
    result: Read, place: int, key: int, entries: int, best: int, data: Any, terms: list[int]
) -> None:
    last = key & (_TOP - 1)
    if entries:
        if last in terms:
            whole = None if data is None else bytes(data)
            result.parts.setdefault(last, []).append(
                SegmentPostings(place, entries, whole, key, best)
            )
        return
    for term, part in lists_in(bytes(data), terms):
        result.parts.setdefault(term, []).append(
            SegmentPostings(place, entries_of(part), part, key)
        )
