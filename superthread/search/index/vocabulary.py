"""The words of the index and their ids.

A transaction of few words adds them itself (`ids_of`). Many are added before it (`reserved`), in
short transactions of their own, for whoever waits for the writer, or for a word of it, shall not
wait for a book; the transaction then only asks whether they are still there (`are_there`). Words
that end up in no memory are pruned.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from memory_hub.core import deadline
from memory_hub.core.recent import Recent
from memory_hub.database.dialect import among, array, is_postgres, unnested
from memory_hub.database.inserting import NewKeys
from memory_hub.database.statements import Planned, Statement, run
from superthread.models import SearchTerm
from superthread.search.index.fuzzy import long_words
from superthread.search.index.packing import unpack

LOCK = 0x4D48_5654  # advisory: shared by writers, exclusive while words are pruned
# A statement of its own, before the one that reads: that one must see what was committed before.
LOCKED = Planned(f"SELECT pg_advisory_xact_lock_shared({LOCK})", [])
AT_ONCE = 8_192  # words looked up, added or pruned by one statement

# Ids of the words that this process met last, about five megabytes. Kept, not known: a word may
# have been pruned since, or its transaction rolled back. So nothing is written by a kept id without
# the database looking whether it is still that word's (`postings.insertion`).
_kept = Recent[str, int](32_768)
_keys = NewKeys(SearchTerm)


class Ahead(NamedTuple):
    """Ids of words that several transactions are going to need, by their text; ``holder`` is who
    has all of them noted for near spellings, if somebody has."""

    ids: Mapping[str, int] = MappingProxyType({})
    holder: int | None = None


class Words(NamedTuple):
    """The ids of words by their text, what asks in the transaction whether all are there, and which
    of them were reserved ahead."""

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


def reserved(terms: Collection[str]) -> Words:
    """The terms before their transaction; unknown ones are added."""
    before = _before.get()
    known = {term: before.ids[term] for term in terms if term in before.ids}
    rest = sorted(term for term in terms if term not in known)
    # A word by itself changes no memory: a request that is given up then has done nothing.
    with deadline.aside():
        for start in range(0, len(rest), AT_ONCE):
            part = rest[start : start + AT_ONCE]
            known |= _with_new_ones(part, _known_ids(part))
    return Words(known, among("id", sorted(known.values()), "int"), before)


def reserved_ahead(terms: Iterable[str], *, holder: int | None = None) -> Ahead:
    """The terms of several transactions before the first, those of ``holder``'s memories alone.

    Terms that nobody has used are all over the vocabulary. The more of them come at once, in order,
    the fewer of its pages are written again and again.
    """
    known: dict[str, int] = {}
    wanted = sorted(terms)
    with deadline.aside():
        for start in range(0, len(wanted), 2 * AT_ONCE):
            part = wanted[start : start + 2 * AT_ONCE]
            with transaction.atomic():
                known |= _with_new_ones(part, _known_ids(part))
                if holder is not None:
                    run(held([(holder, part)]))
    return Ahead(known, holder)


def ids_of(terms: Iterable[str]) -> dict[str, int]:
    """The ids of the terms, unknown ones added; none is pruned before the transaction ends."""
    wanted = sorted(terms)
    return _with_new_ones(wanted, _known_ids(wanted, locked=True))


def likely_ids_of(terms: Collection[str]) -> dict[str, int]:
    """The same for who lets the database prove them with what is written (`_kept`): none is
    asked for that was met before. On SQLite asking costs as much as proving, and they are asked."""
    ids = _kept.found(terms) if is_postgres() else {}
    if len(ids) < len(terms):
        ids |= ids_of(term for term in terms if term not in ids)
    return ids


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
        found[holder].update(long_words(some))
    ordered = [(holder, sorted(found[holder])) for holder in sorted(found) if found[holder]]
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


def _json(words: list[str]) -> str:
    return orjson.dumps(words).decode()


def texts_of(packed: bytes) -> list[str]:
    """The terms of packed ids."""
    condition, params = among("id", unpack(packed), "int")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text FROM superthread_search_term WHERE {condition}", params)
        return [text for (text,) in cursor.fetchall()]


def _with_new_ones(wanted: list[str], known: dict[str, int]) -> dict[str, int]:
    if missing := [term for term in wanted if term not in known]:
        known |= _added_ids(missing)
    # Added by another writer meanwhile, whose commit the insert has waited for.
    if raced := [term for term in missing if term not in known]:
        known |= _known_ids(raced)
    if is_postgres():
        _kept.keep(known)
    return known


def _added_ids(missing: list[str]) -> dict[str, int]:
    """The ids of terms that this adds; not of all where another writer has some of them."""
    # Sorted, or two writers with the same new words could wait for each other for ever.
    return _added_by_postgres(missing) if is_postgres() else _added_by_sqlite(missing)


def _added_by_postgres(missing: list[str]) -> dict[str, int]:
    rows, params = unnested(missing, "text")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH added AS (INSERT INTO superthread_search_term (text) {rows} "
            "ON CONFLICT DO NOTHING RETURNING text, id) "
            "SELECT json_object_agg(text, id)::text FROM added",
            params,
        )
        return _ids_in(cursor)


def _added_by_sqlite(missing: list[str]) -> dict[str, int]:
    """None where another writer has one of them: it is cheaper to say than what was added."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        ids = _keys(len(missing))
        # WHERE true: SQLite would take ON for the start of a join.
        cursor.execute(
            "INSERT INTO superthread_search_term (id, text) SELECT key + %s, value "
            "FROM json_each(%s) WHERE true ON CONFLICT DO NOTHING",
            [ids[0], _json(missing)],
        )
        return dict(zip(missing, ids, strict=True)) if cursor.rowcount == len(ids) else {}


def _known_ids(terms: list[str], *, locked: bool = False) -> dict[str, int]:
    """The ids of the terms that are known."""
    condition, params = among("text", terms, "text")
    # One value: rows would take longer to be told than to be found.
    told = "json_object_agg(text, id)::text" if is_postgres() else "json_group_object(text, id)"
    look_up = f"SELECT {told} FROM superthread_search_term WHERE {condition}"
    with connection.cursor() as cursor:
        cursor.execute(_locked(look_up) if locked else look_up, params)
        return _ids_in(cursor)


def _ids_in(cursor: Any) -> dict[str, int]:
    """What the one row of an aggregate tells; PostgreSQL has NULL for nothing."""
    return orjson.loads(cursor.fetchone()[0] or b"{}")


def _locked(look_up: str) -> str:
    """The look-up behind the writers' lock: a statement of its own, in the same round trip."""
    if not is_postgres():
        return look_up
    return f"{LOCKED.sql}; {look_up}"
