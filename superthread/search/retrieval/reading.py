"""What the index has of some terms within a caller's spaces.

Which segments there are and what is fresh is read by one statement, for it must be of one moment: a
space is folded while others search. What is in the segments never changes, as long as they are
there (``postings`` keeps it).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from memory_hub.database.dialect import array, is_postgres, number_list
from memory_hub.database.statements import Planned, rows
from superthread.search.index.documents import TABLE, weighed_length
from superthread.search.index.holders import Holders
from superthread.search.index.packing import code_of, spellings_in
from superthread.search.index.pages import TERM_BITS, lists_in
from superthread.search.index.segments import Changed, Segment
from superthread.search.renewal.former import BOTH, seen


class Doc(NamedTuple):
    """A document that no segment tells of: memory, weighed length, terms, counts and
    space."""

    memory_id: int
    length: int
    terms: bytes
    counts: bytes
    space: int


class Read(NamedTuple):
    """What was read: segments, of each space the memories that they may have and shall not tell of,
    how many fresh documents there are, those with one of the terms, and the same of what was
    granted."""

    segments: list[Segment]
    outdated: dict[int, list[int]]
    fresh: int
    documents: list[Doc]
    granted: list[Doc]


_SEGMENTS, _FRESH, _GRANTED = range(3)
_SQL = (
    f"SELECT {_SEGMENTS} AS kind, CAST(g.id AS bigint) AS a, g.stamp AS b, g.space AS c, "
    "g.memories AS d, g.first AS e, g.last AS f, g.gone AS x, {bytes} AS y "
    "FROM superthread_search_segment AS g {where} "
    f"UNION ALL SELECT {_FRESH}, g.memory_id, g.known, g.space, d.length, NULL, NULL, "
    "d.terms, d.counts FROM superthread_search_fresh AS g {of_fresh} {where}"
)
# What is granted is read by its document wherever it is: by the former one, while its space is
# being indexed anew.
_GRANTS = (
    f" UNION ALL SELECT {_GRANTED}, g.memory_id, NULL, {{seen[space]}}, {{seen[length]}}, "
    "NULL, NULL, {seen[terms]}, {seen[counts]} FROM ({{granted}}) AS g {of_grant}"
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
    "FROM {} AS d WHERE d.memory_id = g.memory_id AND d.terms IS NOT NULL{} OFFSET 0) AS d ON true"
)
_SEEN = {"space": "o.space", **{name: seen(name) for name in ("length", "terms", "counts")}}
_SHOWN = (
    f"(SELECT o.memory_id, {', '.join(f'{sql} AS {name}' for name, sql in _SEEN.items())} "
    f"FROM {BOTH['postgresql']})"
)
_EACH = {
    "postgresql": {
        "where": "WHERE g.space = ANY (%s::bigint[])",
        "bytes": "CAST(NULL AS bytea)",
        "of_fresh": f"LEFT JOIN LATERAL {_DOCUMENT.format(TABLE, ' AND d.space = g.space')}",
        "of_grant": f"JOIN LATERAL {_DOCUMENT.format(_SHOWN, '')}",
        "seen": {name: f"d.{name}" for name in _SEEN},
    },
    "sqlite": {
        "where": "WHERE g.space IN (SELECT value FROM json_each(%s))",
        "bytes": "NULL",
        "of_fresh": "LEFT JOIN superthread_search_document AS d ON d.memory_id = g.memory_id "
        "AND d.space = g.space AND d.terms IS NOT NULL",
        "of_grant": f"CROSS JOIN {BOTH['sqlite']} WHERE o.memory_id = g.memory_id "
        f"AND {seen('terms')} IS NOT NULL",
        "seen": _SEEN,
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
    params = [*given, *told, *given]
    if holders.email:
        granted, values = holders.granted("memory_id")
        sql += granted_sql.format(granted=granted)
        params += [*values, *told]
    return _taken_apart(rows(Planned(sql, params)), codes, set(spaces or ()))


def _taken_apart(found: Sequence[tuple], codes: list[bytes], spaces: set[int]) -> Read:
    result = Read([], {}, 0, [], [])
    fresh = 0
    for kind, a, b, c, d, e, f, x, y in found:
        if kind == _SEGMENTS:
            result.segments.append(Segment(a, b, c, 0, d, 0, e, f, spellings_in(bytes(x))))
        elif kind == _FRESH:
            if b:
                result.outdated.setdefault(c, []).append(a)
            if d is not None:
                fresh += 1
                _keep(result.documents, a, c, (d, x, y), codes)
        elif c not in spaces:
            _keep(result.granted, a, c, (d, x, y), codes)
    return result._replace(fresh=fresh)


def _keep(
    documents: list[Doc], pk: int, space: int, document: tuple[int, Any, Any], codes: list[bytes]
) -> None:
    """Keeps a document, its length, terms and counts, that has one of the codes."""
    length, terms, counts = document
    if terms is None:
        return
    told = bytes(terms)
    if any(code in told for code in codes):
        documents.append(Doc(pk, weighed_length(length), told, bytes(counts), space))


class Listed(NamedTuple):
    """The list of a term in a segment: the key of its page; of a page with one term how many
    postings it has and the best of them, else 0; and the bytes, None of a long one that is not
    read yet."""

    key: int
    many: int
    best: int
    data: bytes | None


_TOP = 1 << TERM_BITS
_LISTS = (
    "WITH s AS (SELECT CAST(id AS bigint) AS id FROM superthread_search_segment "
    "WHERE id {ids} AND stamp {ids}), "
    "k AS (SELECT DISTINCT (SELECT min(q.key) FROM superthread_search_page AS q "
    f"WHERE q.key >= s.id * {_TOP} + t.term AND q.key < (s.id + 1) * {_TOP}) AS key "
    "FROM s CROSS JOIN {terms} AS t) "
    "SELECT NULL AS key, count(*) AS entries, NULL AS best, {bytes} AS data FROM s "
    "UNION ALL SELECT p.key, p.entries, p.best, "
    "CASE WHEN p.entries = 0 OR %s = 1 THEN p.data END FROM k {of_key}"
)
_LISTS_OF = {
    "postgresql": _LISTS.format(
        ids="= ANY (%s::bigint[])",
        terms="(SELECT unnest(%s::bigint[]) AS term)",
        bytes="CAST(NULL AS bytea)",
        # OFFSET 0: as above.
        of_key="JOIN LATERAL (SELECT p.key, p.entries, p.best, p.data "
        "FROM superthread_search_page AS p WHERE p.key = k.key OFFSET 0) AS p ON true",
    ),
    # CROSS JOIN: in this order.
    "sqlite": _LISTS.format(
        ids="IN (SELECT value FROM json_each(%s))",
        terms="(SELECT value AS term FROM json_each(%s))",
        bytes="NULL",
        of_key="CROSS JOIN superthread_search_page AS p ON p.key = k.key",
    ),
}


def lists_of(
    segments: Sequence[Segment], terms: Sequence[int], *, whole: bool
) -> dict[int, dict[int, Listed]]:
    """By segment, of its id, and by term the lists that there are of the terms; long ones with
    their bytes for `whole`. Raises Changed where one of the segments has gone."""
    given = [[one.id for one in segments], [one.stamp for one in segments], terms]
    params = [*map(number_list, given), int(whole)]
    (_, present, *_), *pages = sorted(
        rows(Planned(_LISTS_OF["postgresql" if is_postgres() else "sqlite"], params)),
        key=lambda row: row[0] is not None,
    )
    if present < len(segments):
        raise Changed
    found: dict[int, dict[int, Listed]] = {}
    for key, entries, best, data in pages:
        lists = found.setdefault(key >> TERM_BITS, {})
        if not entries:
            lists.update(
                (term, Listed(key, 0, 0, part)) for term, part in lists_in(bytes(data), terms)
            )
        elif (term := key & (_TOP - 1)) in terms:
            lists[term] = Listed(key, entries, best, None if data is None else bytes(data))
    return found
