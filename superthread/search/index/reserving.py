"""Words that are added to the vocabulary before the transaction that needs them.

Whoever waits for the writer, or for a word of it, shall not wait for a book: many words are added
(`reserved`) in short transactions of their own, and with them it is noted whose they are, for near
spellings. The transaction then only asks whether they are still there (`are_there`). A word by
itself is found by nobody, and pruned where it ends up in no memory.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from memory_hub.core import deadline
from memory_hub.database.dialect import array, is_postgres, number_list
from memory_hub.database.statements import run
from superthread.search.index import vocabulary
from superthread.search.index.vocabulary import id_in

# Words of one transaction. Terms that nobody has used are all over the vocabulary: the more of them
# come at once, in order, the fewer of its pages are written again and again.
AT_ONCE = 16_384
# A run of ids is looked through as a whole where so large a part of it is asked for. A row of it
# costs SQLite a twentieth of one that is looked up.
DENSE = 8

# Ids that follow each other: the first and the last.
Run = tuple[int, int]


class Ahead(NamedTuple):
    """The numbers of words that several transactions are going to need, by their text; ``holder``
    is for whom all of them are noted, if for somebody; and runs of their ids."""

    ids: Mapping[str, int] = MappingProxyType({})
    holder: int | None = None
    runs: Sequence[Run] = ()


class Words(NamedTuple):
    """The numbers of words by their text, for whom all of them are noted, and what asks in the
    transaction whether all are there: a statement that counts, its parameters and the number."""

    ids: dict[str, int]
    holder: int | None
    look_up: tuple[str, list[Any], int]


NOTHING = Ahead()
_before: ContextVar[Ahead] = ContextVar("words", default=NOTHING)


@contextmanager
def reserved_before(words: Ahead) -> Iterator[None]:
    """A block that need not look up these words again, which were reserved before."""
    token = _before.set(words)
    try:
        yield
    finally:
        _before.reset(token)


def reserved(terms: Mapping[str, int], *, holder: int | None = None) -> Words:
    """The terms, by text with their spellings, before their transaction; unknown ones are added.
    Of ``holder``'s memories alone they are noted to be ``holder``'s."""
    before = _before.get()
    known = {term: before.ids[term] for term in terms if term in before.ids}
    if known and before.holder != holder:
        holder = None
    more = NOTHING
    if len(known) < len(terms):
        rest = {term: terms[term] for term in terms if term not in known} if known else terms
        more = reserved_ahead(rest, holder=holder)
        known |= more.ids
    ids = sorted(map(id_in, known.values()))
    return Words(known, holder, _look_up(ids, [*before.runs, *more.runs]))


def reserved_ahead(terms: Mapping[str, int], *, holder: int | None = None) -> Ahead:
    """The same of the terms of several transactions, before the first."""
    known: dict[str, int] = {}
    runs: list[Run] = []
    wanted = _ordered(terms)
    # A word by itself changes no memory: a request that is given up then has done nothing.
    with deadline.aside():
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            found = vocabulary.known(part)
            new = {term: terms[term] for term in part if term not in found}
            if added := _added(new, holder, [term for term in part if term in found]):
                ids = [id_in(word) for word in added.values()]
                runs += [(ids[0], ids[-1])] if ids[-1] - ids[0] == len(ids) - 1 else []
            known |= found | added
    return Ahead(known, holder, runs)


def _ordered(terms: Iterable[str]) -> list[str]:
    """The same as ``sorted``, which gives no other thread the interpreter until it is done."""
    begun = defaultdict(list)
    for term in terms:
        begun[term[:1]].append(term)
    return [term for first in sorted(begun) for term in sorted(begun[first])]


def are_there(words: Words) -> bool:
    """Whether all reserved words are still there; none is then pruned before the transaction
    ends."""
    look_up, params, expected = words.look_up
    with connection.cursor() as cursor:
        cursor.execute(vocabulary.behind_lock(look_up), params)
        return cursor.fetchone()[0] == expected


def _added(new: Mapping[str, int], holder: int | None, found: Sequence[str]) -> dict[str, int]:
    """Adds the new words, notes all of them for the holder, and returns the new."""
    notes = []
    if holder is not None:
        missing = vocabulary.unnoted(holder, found)
        notes = [*vocabulary.noted(holder, [*new], alone=True), *vocabulary.noted(holder, missing)]
    if not new and not notes:
        return {}
    try:
        with transaction.atomic():
            added = vocabulary.added(new, alone=True) if new else {}
            run(notes)
            return added
    except IntegrityError:
        # Somebody else was quicker with one of them, or a word was left that is no term any more.
        with transaction.atomic():
            added = vocabulary.added(new)
            if holder is not None:
                run(vocabulary.noted(holder, sorted([*new, *found])))
            return added


def _look_up(ids: list[int], runs: Sequence[Run]) -> tuple[str, list[Any], int]:
    """What counts these ids, which ascend, among them whole runs where that is cheaper; and how
    many it finds where all of them are there."""
    count = "SELECT count(*) FROM superthread_search_term WHERE id"
    if is_postgres():
        return f"{count} = ANY (%s::integer[])", [array(ids)], len(ids)
    parts, params, expected = [], [], 0
    for first, last in runs:
        start, end = bisect_left(ids, first), bisect_right(ids, last)
        if last - first < DENSE * (end - start):
            del ids[start:end]
            parts.append(f"({count} BETWEEN %s AND %s)")
            params += [first, last]
            expected += last - first + 1
    parts.append(f"({count} IN (SELECT value FROM json_each(%s)))")
    return f"SELECT {' + '.join(parts)}", [*params, number_list(ids)], expected + len(ids)
