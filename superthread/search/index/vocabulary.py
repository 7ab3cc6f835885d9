"""The words of the index: of each its id and its usual spelling, in one number.

A transaction of few words adds them itself (`ids_of`). Many are added before it (`reserved`), in
short transactions of their own, for whoever waits for the writer, or for a word of it, shall not
wait for a book; the transaction then only asks whether they are still there (`are_there`). Words
that end up in no memory are pruned.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from memory_hub.core import deadline
from memory_hub.core.recent import Recent
from memory_hub.database.dialect import among, array, is_postgres
from memory_hub.database.inserting import NewKeys
from memory_hub.database.statements import Planned, Statement, rows, run
from superthread.models import SearchTerm
from superthread.search.index.fuzzy import long_words
from superthread.search.index.packing import ids_of as ids_in

LOCK = 0x4D48_5654  # advisory: shared by writers, exclusive while words are pruned
# A statement of its own, before the one that reads: that one must see what was committed before.
LOCKED = Planned(f"SELECT pg_advisory_xact_lock_shared({LOCK})", [])
AT_ONCE = 8_192  # words looked up, added or pruned by one statement

# The words that this process met last, about five megabytes. Kept, not known: one may have been
# pruned since, or its transaction rolled back. So nothing is written by a kept id without the
# database looking whether it is still that word's (`documents.insertion`).
_kept = Recent[str, int](32_768)
_keys = NewKeys(SearchTerm)


_SPELLING = 14  # bits of one
_NUMBER = f"id::bigint << {_SPELLING} | usual", f"id << {_SPELLING} | usual"


def id_in(word: int) -> int:
    """The id of a word."""
    return word >> _SPELLING


def usual_in(word: int) -> int:
    """The spelling that it first had."""
    return word & ((1 << _SPELLING) - 1)


class Ahead(NamedTuple):
    """The numbers of words that several transactions are going to need, by their text; ``holder``
    is who has all of them noted for near spellings, if somebody has."""

    ids: Mapping[str, int] = MappingProxyType({})
    holder: int | None = None


class Words(NamedTuple):
    """The numbers of words by their text, what asks in the transaction whether all are there, and
    which of them were reserved ahead."""

    ids: dict[str, int]
    among: tuple[str, list[Any]]
    ahead: Ahead


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


def reserved(terms: Mapping[str, int]) -> Words:
    """The terms, by text with their spellings, before their transaction; unknown ones are added."""
    before = _before.get()
    known = {term: before.ids[term] for term in terms if term in before.ids}
    rest = sorted(term for term in terms if term not in known)
    # A word by itself changes no memory: a request that is given up then has done nothing.
    with deadline.aside():
        for start in range(0, len(rest), AT_ONCE):
            part = rest[start : start + AT_ONCE]
            known |= _with_new_ones(part, _known_ids(part), terms)
    return Words(known, among("id", sorted(map(id_in, known.values())), "int"), before)


def reserved_ahead(terms: Mapping[str, int], *, holder: int | None = None) -> Ahead:
    """The terms of several transactions before the first, by text with their spellings, those of
    ``holder``'s memories alone.

    Terms that nobody has used are all over the vocabulary. The more of them come at once, in order,
    the fewer of its pages are written again and again.
    """
    known: dict[str, int] = {}
    wanted = sorted(terms)
    with deadline.aside():
        for start in range(0, len(wanted), 2 * AT_ONCE):
            part = wanted[start : start + 2 * AT_ONCE]
            with transaction.atomic():
                known |= _with_new_ones(part, _known_ids(part), terms)
                if holder is not None:
                    run(held([(holder, part)]))
    return Ahead(known, holder)


def ids_of(terms: Mapping[str, int]) -> dict[str, int]:
    """The words of the terms, by text with their spellings, unknown ones added; none is pruned
    before the transaction ends."""
    wanted = sorted(terms)
    return _with_new_ones(wanted, _known_ids(wanted, locked=True), terms)


def likely_ids_of(terms: Mapping[str, int]) -> dict[str, int]:
    """The same for who lets the database prove them with what is written (`_kept`): none is
    asked for that was met before. On SQLite asking costs as much as proving, and they are asked."""
    ids = _kept.found(terms) if is_postgres() else {}
    if len(ids) < len(terms):
        ids |= ids_of({term: terms[term] for term in terms if term not in ids})
    return ids


def known(terms: Iterable[str]) -> dict[str, int]:
    """Those of the terms that are words."""
    return _known_ids(list(terms))


def forget() -> None:
    """Keeps no ids any more, after something was refused."""
    _kept.forget()


def are_there(words: Words) -> bool:
    """Whether all reserved words are still there; none is then pruned before the transaction
    ends."""
    condition, params = words.among
    look_up = f"SELECT count(*) FROM superthread_search_term WHERE {condition}"
    with connection.cursor() as cursor:
        cursor.execute(_locked(look_up), params)
        return cursor.fetchone()[0] == len(words.ids)


def not_ahead(
    words: Iterable[tuple[int, Mapping[str, Any]]], ahead: Ahead
) -> Iterator[tuple[int, Iterable[str]]]:
    """The words of each holder without those that were noted ahead."""
    for holder, some in words:
        # Of the two, the views' own difference would go through the longer.
        yield holder, set(some).difference(ahead.ids) if holder == ahead.holder else some


def held(words: Iterable[tuple[int, Iterable[str]]]) -> list[Statement]:
    """The statements that note the words of each holder that may be misspelt, those not yet noted.

    In one order for everybody, as with the terms themselves.
    """
    found: defaultdict[int, set[str]] = defaultdict(set)
    for holder, some in words:
        found[holder].update(some)
    # Memories have most of their words in common: each is looked at once.
    every = [(holder, sorted(long_words(found[holder]))) for holder in sorted(found)]
    ordered = [(holder, some) for holder, some in every if some]
    if not ordered:
        return []
    target = "INSERT INTO superthread_search_word (holder, text)"
    if not is_postgres():
        # WHERE true: SQLite would take ON for the start of a join.
        source = "SELECT %s, value FROM json_each(%s) WHERE true"
        return [
            Planned(f"{target} {source} ON CONFLICT DO NOTHING", [holder, _json(some)])
            for holder, some in ordered
        ]
    source = "SELECT * FROM unnest(%s::smallint[], %s::text[])"
    holders = [holder for holder, some in ordered for _ in some]
    params = [array(holders), array([word for _, some in ordered for word in some])]
    return [Planned(f"{target} {source} ON CONFLICT DO NOTHING", params)]


def _json(words: list[Any]) -> str:
    return orjson.dumps(words).decode()


def texts_of(packed: bytes) -> list[str]:
    """The terms of a document."""
    condition, params = among("id", ids_in(packed), "int")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text FROM superthread_search_term WHERE {condition}", params)
        return [text for (text,) in cursor.fetchall()]


def _with_new_ones(
    wanted: list[str], known: dict[str, int], spellings: Mapping[str, int]
) -> dict[str, int]:
    if missing := [term for term in wanted if term not in known]:
        known |= _added_ids(missing, [spellings[term] for term in missing])
    # Added by another writer meanwhile, whose commit the insert has waited for.
    if raced := [term for term in missing if term not in known]:
        known |= _known_ids(raced)
    if is_postgres():
        _kept.keep(known)
    return known


def _added_ids(missing: list[str], usual: list[int]) -> dict[str, int]:
    """The words that this adds; not all where another writer has some of them."""
    # Sorted, or two writers with the same new words could wait for each other for ever.
    return (_added_by_postgres if is_postgres() else _added_by_sqlite)(missing, usual)


def _added_by_postgres(missing: list[str], usual: list[int]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH added AS (INSERT INTO superthread_search_term (text, usual) "
            "SELECT * FROM unnest(%s::text[], %s::smallint[]) "
            "ON CONFLICT DO NOTHING RETURNING text, id, usual) "
            f"SELECT json_object_agg(text, {_NUMBER[0]})::text FROM added",
            [array(missing), array(usual)],
        )
        return _words_in(cursor)


def _added_by_sqlite(missing: list[str], usual: list[int]) -> dict[str, int]:
    """None where another writer has one of them: it is cheaper to say than what was added."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        ids = _keys(len(missing))
        # WHERE true: SQLite would take ON for the start of a join.
        cursor.execute(
            "INSERT INTO superthread_search_term (id, text, usual) SELECT key + %s, value ->> 0, "
            "value ->> 1 FROM json_each(%s) WHERE true ON CONFLICT DO NOTHING",
            [ids[0], _json(list(zip(missing, usual, strict=True)))],
        )
        if cursor.rowcount != len(ids):
            return {}
        numbers = zip(missing, ids, usual, strict=True)
        return {text: number << _SPELLING | spelling for text, number, spelling in numbers}


def _known_ids(terms: list[str], *, locked: bool = False) -> dict[str, int]:
    """The terms that are known."""
    condition, params = among("text", terms, "text")
    # One value: rows would take longer to be told than to be found.
    told = (
        f"json_object_agg(text, {_NUMBER[0]})::text"
        if is_postgres()
        else f"json_group_object(text, {_NUMBER[1]})"
    )
    look_up = f"SELECT {told} FROM superthread_search_term WHERE {condition}"
    if not locked:
        return orjson.loads(rows(Planned(look_up, params))[0][0] or b"{}")
    with connection.cursor() as cursor:
        cursor.execute(_locked(look_up), params)
        return _words_in(cursor)


def _words_in(cursor: Any) -> dict[str, int]:
    """What the one row of an aggregate tells; PostgreSQL has NULL for nothing."""
    return orjson.loads(cursor.fetchone()[0] or b"{}")


def _locked(look_up: str) -> str:
    """The look-up behind the writers' lock: a statement of its own, in the same round trip."""
    if not is_postgres():
        return look_up
    return f"{LOCKED.sql}; {look_up}"
