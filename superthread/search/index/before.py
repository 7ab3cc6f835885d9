"""What the release before has of the index: postings, a row each, which the upgrade leaves to it.

It may serve for a while beside this one. Its tables go a day after the upgrade.
"""

from typing import Any

TABLES = {
    "sqlite": {
        "superthread_search_posting": "CREATE TABLE superthread_search_posting ("
        "term_id integer NOT NULL, memory_id integer NOT NULL, frequency smallint NOT NULL, "
        "length smallint NOT NULL, holder smallint NOT NULL DEFAULT 0, "
        "spellings smallint NOT NULL DEFAULT 0, PRIMARY KEY (term_id, memory_id)) WITHOUT ROWID",
        "superthread_search_total": "CREATE TABLE superthread_search_total ("
        "analyzer smallint NOT NULL, holder smallint NOT NULL, slot smallint NOT NULL, "
        "documents bigint NOT NULL, PRIMARY KEY (analyzer, holder, slot)) WITHOUT ROWID",
    },
    "postgresql": {
        "superthread_search_posting": "CREATE TABLE superthread_search_posting ("
        "term_id integer NOT NULL, memory_id integer NOT NULL, frequency smallint NOT NULL, "
        "length smallint NOT NULL, holder smallint NOT NULL DEFAULT 0, "
        "spellings smallint NOT NULL DEFAULT 0, PRIMARY KEY (term_id, memory_id))",
        "superthread_search_total": "CREATE TABLE superthread_search_total ("
        "analyzer smallint NOT NULL, holder smallint NOT NULL, slot smallint NOT NULL, "
        "documents bigint NOT NULL, PRIMARY KEY (analyzer, holder, slot))",
    },
}


def drop(connection: Any) -> int:
    """Drops those of the tables that are there; returns how many."""
    present = [one for one in TABLES["sqlite"] if one in connection.introspection.table_names()]
    with connection.cursor() as cursor:
        for name in present:
            cursor.execute(f"DROP TABLE {name}")
    return len(present)


def drop_unused(connection: Any) -> None:
    """Drops them where nobody can have a use for them: there is no memory."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM superthread_memory LIMIT 1")
        is_used = cursor.fetchone() is not None
    if not is_used:
        drop(connection)


def unpack(data: bytes) -> list[int]:
    """The ids of ``term_ids``: ascending, as differences, seven bits a byte."""
    ids: list[int] = []
    number = shift = difference = 0
    for byte in data:
        difference |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            number += difference
            ids.append(number)
            shift = difference = 0
    return ids
