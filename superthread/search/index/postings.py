"""The rows of the index, made before the transaction that writes them, a statement for each table.

A statement for each row would give up the interpreter's lock as often and, beside a thread that
computes, wait for it each time: seconds in all, and on SQLite every writer would wait with it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from memory_hub.database.dialect import among, array, is_postgres
from memory_hub.database.statements import Planned, Statement, inserted
from superthread.search.analysis import analyzer
from superthread.search.index.documents import Document, frequencies_of
from superthread.search.index.packing import pack, unpack

# Lengths, in terms, that are told apart.
SHORTEST, LONGEST = 15, 400
MOST_LENGTH = 32767  # as a smallint holds it
MOST_TIMES = 255  # of a term in a memory; further ones would say nothing
SLOTS = 16  # rows of totals that writers on PostgreSQL are spread over


class Counted(NamedTuple):
    """A memory's terms with their frequencies and the bits of their spellings, how many they are in
    all, and how many distinct ones were left out."""

    frequencies: Mapping[str, int]
    spellings: Mapping[str, int]
    length: int
    left_out: int = 0


class Change(NamedTuple):
    """How often a term is said beside a text, before and now, and how it is spelt there now."""

    before: int
    now: int
    spellings: int


class Rows(NamedTuple):
    """What the index shall hold of some memories, by their place: their ids are given later."""

    documents: list[Document]
    postings: list[str]  # the parameters of their insert, which on PostgreSQL name the terms too

    @classmethod
    def of(cls, counted: Sequence[Counted], term_ids: Mapping[str, int]) -> "Rows":
        """The rows of contents whose terms have these ids. At most 1,024 contents."""
        documents, postings = [], []
        for place, one in enumerate(counted):
            numbers = {
                term_ids[term]: (one.spellings[term] << 8) + min(count, MOST_TIMES)
                for term, count in one.frequencies.items()
            }
            documents.append(Document(analyzer.VERSION, one.length, pack(numbers), one.left_out))
            postings += [(pk << 32) + (place << 22) + number for pk, number in numbers.items()]
        # Neighbours in the table are written together.
        postings.sort()
        return cls(documents, _encoded(postings, term_ids))


class Removal(NamedTuple):
    """The postings that go when memories with these documents are indexed anew, or deleted."""

    documents: dict[int, Document]
    postings: list[str]  # the parameters of their deletion, none where none goes


def _encoded(postings: list[int], term_ids: Mapping[str, int]) -> list[str]:
    """Numbers of term, place, spellings and frequency (31, 10, 14 and 8 bits) as parameters; on
    PostgreSQL behind the ids and texts of the terms, which the postings then name by their place.
    """
    if not is_postgres():
        return [_json(postings)]
    terms = sorted((pk, text) for text, pk in term_ids.items())
    places = {pk: place for place, (pk, _) in enumerate(terms, 1)}
    columns = (
        [pk for pk, _ in terms],
        [text for _, text in terms],
        [places[number >> 32] for number in postings],
        [(number >> 22 & 0x3FF) + 1 for number in postings],
        [number & 0xFF for number in postings],
        [number >> 8 & 0x3FFF for number in postings],
    )
    return [array(column) for column in columns]


def _json(numbers: list[Any]) -> str:
    return orjson.dumps(numbers).decode()


def removal(documents: dict[int, Document], following: Mapping[int, Document]) -> Removal:
    """What goes of the documents; of the terms that `following` has too, the postings are kept."""
    gone: list[tuple[int, int]] = []
    for memory_id, document in documents.items():
        new = following.get(memory_id)
        if new is None or new.packed != document.packed:
            kept = set(unpack(new.packed)) if new else set()
            gone += [(pk, memory_id) for pk in unpack(document.packed) if pk not in kept]
    gone.sort()
    if not gone:
        return Removal(documents, [])
    if is_postgres():
        return Removal(documents, [array(column) for column in zip(*gone, strict=True)])
    return Removal(documents, [_json([(pk << 32) + memory_id for pk, memory_id in gone])])


def deletion(postings: list[str]) -> Statement:
    """The statement that deletes the postings of a removal."""
    if is_postgres():
        which = (
            "USING unnest(%s::integer[], %s::integer[]) AS gone (term_id, memory_id) "
            "WHERE p.term_id = gone.term_id AND p.memory_id = gone.memory_id"
        )
    else:
        which = (
            "WHERE (term_id, memory_id) IN "
            "(SELECT value >> 32, value & 4294967295 FROM json_each(%s))"
        )
    return f"DELETE FROM superthread_search_posting AS p {which}", list(postings)


def noted_deletion(ids: Sequence[int]) -> list[Statement]:
    """The statement that deletes the documents of memories."""
    condition, params = among("memory_id", list(ids), "int")
    return [(f"DELETE FROM superthread_search_document WHERE {condition}", params)]


def insertion(
    ids: Sequence[int], rows: Rows, documents: Sequence[Document], *, new: bool
) -> list[Statement]:
    """The statements that write the rows of the memories, and `documents`, which are the rows' with
    their holders; `new` memories have none yet.

    On PostgreSQL a term whose id is not its own (any more) becomes NULL, and is refused.
    """
    lengths = [weighed_length(document.length) for document in documents]
    holders = [document.holder for document in documents]
    head = ""
    if is_postgres():
        source = (
            "SELECT t.ids[p.term], (%s::integer[])[p.place], p.frequency, "
            "(%s::smallint[])[p.place], (%s::smallint[])[p.place], p.spellings FROM ("
            "SELECT array(SELECT (SELECT known.id FROM superthread_search_term AS known "
            "WHERE known.id = given.id AND known.text = given.text) "
            "FROM unnest(%s::integer[], %s::text[]) AS given (id, text)) AS ids) AS t, "
            "unnest(%s::integer[], %s::integer[], %s::smallint[], %s::smallint[]) "
            "AS p (term, place, frequency, spellings)"
        )
        params = [array(ids), array(lengths), array(holders), *rows.postings]
    elif len(ids) == 1:
        source = (
            "SELECT value >> 32, %s, value & 255, %s, %s, value >> 8 & 16383 FROM json_each(%s)"
        )
        params = [*ids, *lengths, *holders, *rows.postings]
    else:
        # Materialized, or each posting would read all of them. CROSS JOIN: the postings in their
        # order, which is the table's.
        head = (
            "WITH m AS MATERIALIZED (SELECT key AS place, value ->> 0 AS id, "
            "value ->> 1 AS length, value ->> 2 AS holder FROM json_each(%s)) "
        )
        source = (
            "SELECT p.value >> 32, m.id, p.value & 255, m.length, m.holder, p.value >> 8 & 16383 "
            "FROM json_each(%s) AS p CROSS JOIN m ON m.place = (p.value >> 22) & 1023"
        )
        params = [_json(list(zip(ids, lengths, holders, strict=True))), *rows.postings]
    target = f"superthread_search_posting AS t ({_POSTED})"
    # WHERE true: SQLite would take ON for the start of a join.
    clash = "" if new else f"WHERE true ON CONFLICT (term_id, memory_id) DO UPDATE {_OVERWRITTEN}"
    statement = Planned(f"{head}INSERT INTO {target} {source} {clash}", params)
    return [statement, *_documents(ids, documents)]


# Only where something differs: in long texts most words stay as often as they were.
_OVERWRITTEN = (
    "SET frequency = excluded.frequency, length = excluded.length, holder = excluded.holder, "
    "spellings = excluded.spellings "
    "WHERE t.frequency <> excluded.frequency OR t.length <> excluded.length "
    "OR t.holder <> excluded.holder OR t.spellings <> excluded.spellings"
)
_POSTED = "term_id, memory_id, frequency, length, holder, spellings"
_COLUMNS = ("memory_id", "analyzer", "length", "term_ids", "left_out", "holder", "space")
_DOCUMENTS = "superthread_search_document"
_NOTED = f"INSERT INTO {_DOCUMENTS} ({', '.join(_COLUMNS)})"
_NOTED_ANEW = "ON CONFLICT (memory_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS[1:]
)


def _documents(ids: Sequence[int], documents: Sequence[Document]) -> list[Statement]:
    """The statements that note the documents."""
    rows = [
        (pk, one.analyzer, one.length, one.packed, one.left_out, one.holder, one.space)
        for pk, one in zip(ids, documents, strict=True)
    ]
    if is_postgres():
        kinds = ("integer", "smallint", "smallint", "bytea", "integer", "smallint", "bigint")
        source = f"SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})"
        columns = [array(column) for column in zip(*rows, strict=True)]
        return [Planned(f"{_NOTED} {source} {_NOTED_ANEW}", columns)]
    return inserted(_DOCUMENTS, _COLUMNS, rows, _NOTED_ANEW)


def moved(documents: Mapping[int, Document], holders: Mapping[int, int]) -> list[Statement]:
    """The statements that give the memories of these documents to other holders."""
    pairs = [(pk, memory_id) for memory_id, one in documents.items() for pk in unpack(one.packed)]
    places = [(memory_id, holders[memory_id]) for memory_id in documents]
    if is_postgres():
        source = "unnest(%s::integer[], %s::smallint[]) AS m (memory_id, holder)"
        params: list[Any] = [array([one for one, _ in places]), array([to for _, to in places])]
        which = "SELECT * FROM unnest(%s::integer[], %s::integer[])"
        words: list[Any] = [array([pk for pk, _ in pairs]), array([one for _, one in pairs])]
    else:
        source = "(SELECT value ->> 0 AS memory_id, value ->> 1 AS holder FROM json_each(%s)) AS m"
        params = [_json(places)]
        which = "SELECT value >> 32, value & 4294967295 FROM json_each(%s)"
        words = [_json([(pk << 32) + memory_id for pk, memory_id in pairs])]
    update = "UPDATE superthread_search_{} AS t SET holder = m.holder FROM {} WHERE {}"
    mine = "t.memory_id = m.memory_id"
    within = f"{mine} AND (t.term_id, t.memory_id) IN ({which})"
    return [
        (update.format("posting", source, within), [*params, *words]),
        (update.format("document", source, mine), params),
    ]


def adjustment(
    documents: Mapping[int, Document], changes: Mapping[tuple[int, int], Change]
) -> list[Statement]:
    """The statements that make what changed beside the texts, by (term, memory)."""
    statements: list[Statement] = []
    before = frequencies_of(changes)
    terms = {pk: set(unpack(one.packed)) for pk, one in documents.items()}
    for (term, pk), change in sorted(changes.items()):
        whole = before.get((term, pk), 0)
        in_text = max(whole - change.before, 0)
        frequency = whole if whole == MOST_TIMES else min(in_text + change.now, MOST_TIMES)
        key = "WHERE term_id = %s AND memory_id = %s"
        if not frequency:
            terms[pk].discard(term)
            statements.append((f"DELETE FROM superthread_search_posting {key}", [term, pk]))
        elif term in terms[pk]:
            # As the text has it, where it does.
            spelt, values = ("", []) if in_text else (", spellings = %s", [change.spellings])
            update = f"UPDATE superthread_search_posting SET frequency = %s{spelt} {key}"
            statements.append((update, [frequency, *values, term, pk]))
        else:
            terms[pk].add(term)
            one = documents[pk]
            values = [term, pk, frequency, weighed_length(one.length), one.holder, change.spellings]
            places = ", ".join(["%s"] * len(values))
            insert = f"INSERT INTO superthread_search_posting ({_POSTED}) VALUES ({places})"
            statements.append((insert, values))
    for pk, document in documents.items():
        packed = pack(terms[pk])
        if packed != document.packed:
            update = "UPDATE superthread_search_document SET term_ids = %s WHERE memory_id = %s"
            statements.append((update, [packed, pk]))
    return statements


def totals(gone: Collection[Document], come: Collection[Document]) -> list[Statement]:
    """The statements that book the change in a slot of this connection; in the order of the
    analyzer's versions and holders, for the locks."""
    change: Counter[tuple[int, int]] = Counter()
    for sign, documents in ((-1, gone), (1, come)):
        for document in documents:
            change[document.analyzer, document.holder] += sign
    rows = [(*key, change[key]) for key in sorted(change) if change[key]]
    if not rows:
        return []
    columns = [array(column) for column in zip(*rows, strict=True)]
    if is_postgres():
        return [Planned(_BOOKED.format(source=_IN_SLOTS), columns)]
    return [(_BOOKED.format(source="VALUES (%s, %s, 0, %s)"), list(row)) for row in rows]


_BOOKED = (
    "INSERT INTO superthread_search_total AS t (analyzer, holder, slot, documents) {source} "
    "ON CONFLICT (analyzer, holder, slot) DO UPDATE "
    "SET documents = t.documents + excluded.documents"
)
_IN_SLOTS = (
    f"SELECT analyzer, holder, pg_backend_pid() %% {SLOTS}, documents "
    "FROM unnest(%s::smallint[], %s::smallint[], %s::bigint[]) AS b (analyzer, holder, documents)"
)


def weighed_length(length: int) -> int:
    """The length that ranking goes by: short notes are alike, and so are long articles."""
    return min(max(length, SHORTEST), LONGEST)
