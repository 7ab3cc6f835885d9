"""Terms of a query by their texts, with how many memories hold them."""

from collections.abc import Sequence

from django.db import connection

from memory_hub.database.dialect import among
from superthread.search.index.holders import Holders
from superthread.search.retrieval.ranking import (
    FREQUENT,
    MOST_POSTINGS,
    MOST_TERMS,
    Term,
    numbers,
)

# Of a long query: terms looked up, and memories counted until one is frequent; up to so many terms
# are counted exactly.
MOST_LOOKED_UP, ROUGHLY, FEW = 2_048, 64, 64
_TWO = 1_000_000


def look_up(texts: Sequence[str], holders: Holders) -> list[Term]:
    """The terms that some memory has, with the number of memories.

    Of many terms, as a page of text has them, the rare ones in reach alone: telling how frequent
    all are would take long where they are.
    """
    if len(texts) <= FEW:
        return _counted(texts, holders, MOST_POSTINGS + 1)
    roughly = _counted(texts[:MOST_LOOKED_UP], holders, ROUGHLY)
    found = in_reach([term for term in roughly if term.postings < ROUGHLY], holders)
    frequent = [term for term in roughly if term.postings >= ROUGHLY]
    # What came into the hub last is likely to be rare; of what the caller is known to have.
    known = _known([term.text for term in frequent], holders)
    frequent.sort(key=lambda t: (t.text not in known and not t.documents, -t.id))
    for start in range(0, min(len(frequent), FEW), MOST_TERMS):
        if len(found) >= MOST_TERMS:
            break
        latest = [term.text for term in frequent[start : start + MOST_TERMS]]
        found += in_reach(_counted(latest, holders, MOST_POSTINGS + 1), holders)
    return found


def in_reach(terms: Sequence[Term], holders: Holders) -> list[Term]:
    """The terms without those that only memories of others have: they would pass for the rarest."""
    # What was counted in part may be in reach, and is read only where there is nothing else.
    elsewhere = [t.id for t in terms if not t.documents and t.postings <= MOST_POSTINGS]
    out = set(elsewhere) - _granted(elsewhere, holders) if elsewhere else set()
    return [term for term in terms if term.id not in out]


def _known(texts: Sequence[str], holders: Holders) -> set[str]:
    """Of the Latin words those that stand, or stood, in memories of the caller's holders."""
    if not texts:
        return set()
    condition, params = among("text", texts, "text")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT text FROM superthread_search_word WHERE {holders.among()} AND {condition}",
            params,
        )
        return {text for (text,) in cursor.fetchall()}


def _granted(ids: Sequence[int], holders: Holders) -> set[int]:
    """Those of the terms that stand in memories which are granted to the caller."""
    if not holders.email:
        return set()
    granted, params = holders.granted("memory_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT p.term_id FROM ({granted}) AS g JOIN superthread_search_posting p "
            f"ON p.memory_id = g.memory_id WHERE p.term_id IN ({numbers(ids)})",
            params,
        )
        return {pk for (pk,) in cursor.fetchall()}


def _counted(texts: Sequence[str], holders: Holders, most: int) -> list[Term]:
    """The terms with their numbers of memories and of postings, as far as `most`."""
    if not texts:
        return []
    condition, params = among("text", texts, "text")
    held, values = holders.held()
    columns = "holder" if holders.part is None else "holder, memory_id"
    with connection.cursor() as cursor:
        # Two numbers in one, for a correlated subquery gives one.
        cursor.execute(
            f"SELECT id, text, (SELECT count(*) * {_TWO} + coalesce(sum(CASE WHEN {held} "
            f"THEN 1 ELSE 0 END), 0) FROM (SELECT {columns} FROM superthread_search_posting p "
            f"WHERE p.term_id = t.id LIMIT {most:d}) AS counted) "
            f"FROM superthread_search_term t WHERE {condition}",
            [*values, *params],
        )
        found = {
            text: Term(pk, text, int(both) % _TWO, int(both) // _TWO)
            for pk, text, both in cursor.fetchall()
        }
    return [found[text] for text in texts if text in found and found[text].postings]


def counted(texts: Sequence[str], holders: Holders) -> list[Term]:
    """All of the terms that some memory has; the numbers of frequent ones are no more than that."""
    return _counted(texts, holders, FREQUENT)


def term_ids(texts: Sequence[str]) -> dict[str, int]:
    """The ids of these terms; unknown ones are left out."""
    condition, params = among("text", texts, "text")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text, id FROM superthread_search_term WHERE {condition}", params)
        return dict(cursor.fetchall())
