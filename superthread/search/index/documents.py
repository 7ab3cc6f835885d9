"""What the index has of memories, read before it is changed."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from memory_hub.database.dialect import among
from superthread.models.space import PUBLIC_SPACE
from superthread.search.index.holders import PUBLIC


class Document(NamedTuple):
    """What is noted of a memory: the analyzer's version, its length, its packed term ids, and whose
    it is as ``holders`` tells; the space of one that is to be written."""

    analyzer: int
    length: int
    packed: bytes
    left_out: int
    holder: int = PUBLIC
    space: int = PUBLIC_SPACE


def documents_of(ids: Iterable[int]) -> dict[int, Document]:
    """What is indexed of the memories, by id."""
    condition, params = among("memory_id", list(ids), "int")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT memory_id, analyzer, length, term_ids, left_out, holder "
            f"FROM superthread_search_document WHERE {condition}",
            params,
        )
        return {
            pk: Document(version, length, bytes(packed), left_out, holder)
            for pk, version, length, packed, left_out, holder in cursor.fetchall()
        }


def packed_sizes(ids: Sequence[int]) -> dict[int, int]:
    """Bytes of the packed term ids of memories, by id: no fewer than there are terms."""
    condition, params = among("memory_id", list(ids), "int")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT memory_id, length(term_ids) FROM superthread_search_document "
            f"WHERE {condition}",
            params,
        )
        return dict(cursor.fetchall())


def frequencies_of(of: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """How often the terms stand in the memories, by (term, memory)."""
    terms, memories = [sorted(set(column)) for column in zip(*of, strict=True)] or ([], [])
    in_terms, these = among("term_id", terms, "int")
    in_memories, those = among("memory_id", memories, "int")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term_id, memory_id, frequency FROM superthread_search_posting "
            f"WHERE {in_terms} AND {in_memories}",
            [*these, *those],
        )
        return {(term, pk): frequency for term, pk, frequency in cursor.fetchall()}
