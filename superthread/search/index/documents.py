"""What the index has of each memory: its document, in one row."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from memory_hub.database.dialect import among, array, is_postgres
from memory_hub.database.statements import Planned, Statement, inserted
from superthread.models.space import PUBLIC_SPACE
from superthread.search.analysis import analyzer
from superthread.search.index.packing import MOST_TIMES, Packing, code_of, counts_of, joined, packed
from superthread.search.index.vocabulary import FEW, id_in, usual_in, usual_of

# Lengths, in terms, that are told apart.
SHORTEST, LONGEST = 15, 400
MOST_LENGTH = 32767  # as a smallint holds it
AT_ONCE = 1_024  # terms that are packed without a pause
TABLE, FORMER = "superthread_search_document", "superthread_search_former"


class Counted(NamedTuple):
    """A memory's terms with their frequencies and the bits of their spellings, how many they are in
    all, and how many distinct ones were left out."""

    frequencies: Mapping[str, int]
    spellings: Mapping[str, int]
    length: int
    left_out: int = 0


class TermChange(NamedTuple):
    """How often a term is said beside a text, before and now, and how it is spelt there now."""

    before: int
    now: int
    spelling: int


class Document(NamedTuple):
    """What is noted of a memory: the analyzer's version, its length, its terms as ``packing`` has
    them, how many were left out, and the memory's space."""

    analyzer: int
    length: int
    terms: bytes
    counts: bytes
    left_out: int
    space: int = PUBLIC_SPACE


def made_of(counted: Iterable[Counted], words: Mapping[str, int]) -> list[Document]:
    """The documents of counted terms, which are these ``words`` of the vocabulary."""

    def packed_part(one: Counted, terms: Sequence[str]) -> tuple[bytes, bytes, bytes]:
        here = [*map(words.__getitem__, terms)]
        return packed(
            map(_code_of, here),
            map(one.frequencies.__getitem__, terms),
            [*map(one.spellings.__getitem__, terms)],
            usual_of(here),
        )

    made = []
    for one in counted:
        terms = list(one.frequencies)
        # A part at a time: meanwhile no other thread has the interpreter.
        places = range(0, max(len(terms), 1), AT_ONCE)
        parts = [packed_part(one, terms[at : at + AT_ONCE]) for at in places]
        made.append(Document(analyzer.VERSION, one.length, *joined(parts), one.left_out))
    return made


@lru_cache(maxsize=65_536)
def _code_of(word: int) -> bytes:
    return code_of(id_in(word))


def weighed_length(length: int) -> int:
    """The length that ranking goes by: short notes are alike, and so are long articles."""
    return min(max(length, SHORTEST), LONGEST)


def lock() -> str:
    """What a SELECT of documents ends with to lock those that nobody is changing at this moment,
    and to pass over the others. On SQLite whoever writes is alone."""
    return "ORDER BY memory_id FOR UPDATE SKIP LOCKED" if is_postgres() else ""


def documents_of(ids: Iterable[int], *, locked: bool = False) -> dict[int, Document]:
    """What is indexed of the memories, by id, but for what the release before has written;
    ``locked``: of those that nobody is changing, and nobody does until the transaction ends."""
    condition, params = among("memory_id", list(ids), "int")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id, analyzer, length, terms, counts, left_out, space "
            f"FROM {TABLE} WHERE {condition} AND terms IS NOT NULL {lock() if locked else ''}",
            params,
        )
        return {
            pk: Document(version, length, bytes(terms), bytes(counts), left_out, space)
            for pk, version, length, terms, counts, left_out, space in cursor.fetchall()
        }


def is_unread() -> bool:
    """Whether there is a document that the release before has written."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TABLE} WHERE terms IS NULL LIMIT 1")
        return cursor.fetchone() is not None


def packed_sizes(ids: Sequence[int]) -> dict[int, int]:
    """About how many terms memories have, by id: no fewer than there are."""
    condition, params = among("memory_id", list(ids), "int")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id, length(coalesce(counts, term_ids)) FROM {TABLE} WHERE {condition}",
            params,
        )
        return dict(cursor.fetchall())


_COLUMNS = ("memory_id", "analyzer", "length", "terms", "counts", "left_out", "space", "term_ids")
_KINDS = ("integer", "smallint", "smallint", "bytea", "bytea", "integer", "bigint", "bytea")
_NOTED = f"INSERT INTO {TABLE} ({', '.join(_COLUMNS)})"
_ANEW = "ON CONFLICT (memory_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS[1:]
)
_GIVEN = ", ".join(f"%s::{kind}[]" for kind in _KINDS)
# A document with a word whose id is not its own (any more) has no length, and is refused. Words as
# one text: to join them with those that are there would take four times as long.
_BETWEEN = "\n"  # no term has it
_PROVEN = (
    "SELECT d.memory_id, d.analyzer, CASE WHEN p.fine THEN d.length END, d.terms, d.counts, "
    f"d.left_out, d.space, d.term_ids FROM unnest({_GIVEN}) AS d ({', '.join(_COLUMNS)}), "
    "(SELECT string_agg(text, %s ORDER BY id) = %s AS fine FROM superthread_search_term "
    "WHERE id = ANY (%s::integer[])) AS p"
)


def insertion(
    ids: Sequence[int],
    documents: Sequence[Document],
    *,
    proving: Mapping[str, int] | None = None,
    new: bool = False,
) -> list[Statement]:
    """The statements that write the documents of memories; ``new`` ones have none yet. On
    PostgreSQL the words ``proving`` are looked at: one whose id is not its own is refused."""
    rows = [
        (pk, *one[:4], one.left_out, one.space, b"") for pk, one in zip(ids, documents, strict=True)
    ]
    clash = "" if new else _ANEW
    if not is_postgres():
        return inserted(TABLE, _COLUMNS, rows, clash)
    columns = [array(column) for column in zip(*rows, strict=True)]
    if not proving:
        return [Planned(f"{_NOTED} SELECT * FROM unnest({_GIVEN}) {clash}", columns)]
    texts = sorted(proving, key=proving.__getitem__)
    numbers = array([id_in(proving[text]) for text in texts])
    sql = f"{_NOTED} {_PROVEN} {clash}"
    params = [*columns, _BETWEEN, _BETWEEN.join(texts), numbers]
    # A plan that is kept may be of a table that was small (`statements.rows`).
    return [Planned(sql, params) if len(texts) <= FEW else (sql, params)]


def deletion(ids: Sequence[int]) -> list[Statement]:
    """The statement that deletes the documents of memories."""
    condition, params = among("memory_id", list(ids), "int")
    return [(f"DELETE FROM {TABLE} WHERE {condition}", params)]


def adjustment(
    documents: Mapping[int, Document], changes: Mapping[int, Mapping[int, TermChange]]
) -> list[Statement]:
    """The statements that make what changed beside the texts, by memory and word."""
    statements: list[Statement] = []
    for pk, document in documents.items():
        terms, counts = _adjusted(document, changes[pk])
        if (terms, counts) != (document.terms, document.counts):
            update = f"UPDATE {TABLE} SET terms = %s, counts = %s WHERE memory_id = %s"
            statements.append((update, [terms, counts, pk]))
    return statements


def _adjusted(document: Document, changes: Mapping[int, TermChange]) -> tuple[bytes, bytes]:
    packing, left = Packing(), {code_of(id_in(word)): word for word in changes}
    for code, count in counts_of(document.terms, document.counts):
        word = left.pop(code, None)
        if word is None:
            packing.again(code, count)
            continue
        change = changes[word]
        in_text = max(count.times - change.before, 0)
        # So many may be more: what was taken from them is not known.
        times = count.times if count.times == MOST_TIMES else in_text + change.now
        usual = usual_in(word)
        # As the text has it, where it does.
        spelt = usual if count.spelling is None else count.spelling
        spelling = spelt if in_text else change.spelling
        if times:
            packing.add(id_in(word), times, spelling, usual)
    for word in left.values():
        if changes[word].now:
            change = changes[word]
            packing.add(id_in(word), change.now, change.spelling, usual_in(word))
    return packing.packed()
