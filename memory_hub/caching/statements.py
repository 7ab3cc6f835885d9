"""What an SQL statement changes of the tables behind kept answers: by table and, where it matters,
by column.

Statements are read, not understood: what is not plainly something else counts as a change. A
statement too many costs speed, one too few would leave an old answer alive.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from memory_hub.core import installed
from memory_hub.core.features import CachedTable
from memory_hub.database.compiled_queries import QueryText

LONGEST_REMEMBERED = 8192  # characters of a statement


# Words that every change has, and statements whose effect stands elsewhere.
_WRITE = re.compile(
    r"\b(INSERT|UPDATE|DELETE|REPLACE(?! ?\()|MERGE|TRUNCATE|ALTER|DROP|COPY)\b", re.IGNORECASE
)
_LOCKING = re.compile(r"\bFOR (NO KEY )?UPDATE\b|\bDO UPDATE SET\b", re.IGNORECASE)
_OPAQUE = re.compile(r"(^|;)\s*(DO|CALL|EXECUTE)\b", re.IGNORECASE)
# How `compiled_queries.py` calls what it has planned, which is queries only.
_PLANNED = re.compile(r'EXECUTE "\w+_[0-9a-f]{12}"(\((%s(, )?)+\))?')
# One table, whatever the rest reads. Everything else changes all the tables that it names.
_ONE = re.compile(
    r'(?:INSERT INTO "?(?P<inserted>\w+)"? \(|UPDATE "?(?P<updated>\w+)"? SET '
    r'|DELETE FROM "?(?P<deleted>\w+)"?(?= WHERE |$))(?P<rest>[^;]*)'
)
# Assignments of plain values, as Django writes them.
_VALUE = r"(?:%s(?:::\w+)?|NULL)"
_ASSIGNMENT = re.compile(rf'"(\w+)" = {_VALUE}')
_PLAIN_SET = re.compile(rf'("\w+" = {_VALUE}(?:, "\w+" = {_VALUE})*)(?: WHERE .*)?', re.DOTALL)


def changed_by(sql: str) -> frozenset[str]:
    """The tables, and far columns as ``table.column``, that the statement may change."""
    if isinstance(sql, QueryText):
        return frozenset()
    # Only short ones are remembered: the text of an INSERT grows with its rows.
    find = _changed_by if len(sql) <= LONGEST_REMEMBERED else _changed_by.__wrapped__
    return find(sql)


@cache
def cached_tables() -> Mapping[str, CachedTable]:
    """What the apps name, by table."""
    return {
        name: table for one in installed.features() for name, table in one.cached_tables.items()
    }


@lru_cache(maxsize=1024)
def _changed_by(sql: str) -> frozenset[str]:
    tables = cached_tables()
    if _OPAQUE.search(sql):
        return frozenset() if _PLANNED.fullmatch(sql) else _parts_of(tables)
    if not _WRITE.search(_LOCKING.sub("", sql)):
        return frozenset()
    one = _ONE.fullmatch(sql)
    if one is None or _WRITE.search(_LOCKING.sub("", one["rest"])):
        named = {name.lower() for name in re.findall(r"\w+", sql)}
        return _parts_of({name: table for name, table in tables.items() if name in named})
    name = one["inserted"] or one["updated"] or one["deleted"]
    if name not in tables:
        return frozenset()
    if one["updated"]:
        return _updated(name, tables[name], one["rest"])
    # Other rows change by an insert only where it meets one.
    overwrites = "DO UPDATE SET" in one["rest"].upper()
    return tables[name].parts(name) if overwrites else frozenset({name})


def _updated(name: str, table: CachedTable, rest: str) -> frozenset[str]:
    plain = _PLAIN_SET.fullmatch(rest)
    if plain is None:
        return table.parts(name)
    columns = frozenset(_ASSIGNMENT.findall(plain[1]))
    if columns <= table.harmless:
        return frozenset()
    return frozenset({name, *(f"{name}.{column}" for column in columns & table.far)})


def _parts_of(tables: Mapping[str, CachedTable]) -> frozenset[str]:
    return frozenset().union(*(table.parts(name) for name, table in tables.items()))
