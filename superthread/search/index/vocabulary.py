"""The words of the index: of each its id and its usual spelling, in one number.

A transaction of few words adds them itself (`ids_of`); many are added before it (`reserving`).
Words that end up in no memory are pruned.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import orjson
from django.db import connection, transaction

from memory_hub.core.recent import Recent
from memory_hub.database.dialect import among, array, is_postgres
from memory_hub.database.inserting import NewKeys
from memory_hub.database.statements import Planned, Statement, rows
from superthread.models import SearchTerm
from superthread.search.analysis.fuzzy import long_words
from superthread.search.index.packing import ids_of as ids_in

LOCK = 0x4D48_5654  # advisory: shared by writers, exclusive while words are pruned
# A statement of its own, before the one that reads: that one must see what was committed before.
LOCKED = Planned(f"SELECT pg_advisory_xact_lock_shared({LOCK})", [])
AT_ONCE = 8_192  # words looked up, added or pruned by one statement
FEW = 64  # words up to which they are looked up by a plan that is kept

# The words that this process met last, about five megabytes. Kept, not known: one may have been
# pruned since, or its transaction rolled back. So nothing is written by a kept id without the
# database looking whether it is still that word's (`documents.insertion`).
_kept = Recent[str, int](32_768)
_keys = NewKeys(SearchTerm)
# Which words this process has noted for which holders. A word that is pruned takes its notes along
# and comes again as another.
_notes = Recent[int, bool](65_536)
_HOLDER = 16  # bits of a holder

_SPELLING = 14  # bits of one
_USUAL = (1 << _SPELLING) - 1
_NUMBER = f"id::bigint << {_SPELLING} | usual", f"id << {_SPELLING} | usual"


def id_in(word: int) -> int:
    """The id of a word."""
    return word >> _SPELLING


def usual_in(word: int) -> int:
    """The spelling that it first had."""
    return word & _USUAL


def usual_of(words: Iterable[int]) -> list[int]:
    """Those of several words."""
    return [word & _USUAL for word in words]


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
    _notes.forget()


def held(
    words: Iterable[tuple[int, Iterable[str]]], ids: Mapping[str, int] = MappingProxyType({})
) -> list[Statement]:
    """The statements that note the words of each holder that may be misspelt, those not yet noted.
    ``ids`` are the words themselves, where they are known in this transaction.

    In one order for everybody, as with the terms themselves.
    """
    found: defaultdict[int, set[str]] = defaultdict(set)
    for holder, some in words:
        found[holder].update(some)
    # Memories have most of their words in common: each is looked at once.
    every = [
        (holder, sorted(_unmet(holder, long_words(found[holder]), ids))) for holder in sorted(found)
    ]
    ordered = [(holder, some) for holder, some in every if some]
    if not ordered:
        return []
    if not is_postgres():
        return [one for holder, some in ordered for one in noted(holder, some)]
    holders = [holder for holder, some in ordered for _ in some]
    return [_noted(holders, [word for _, some in ordered for word in some])]


def _unmet(holder: int, some: list[str], ids: Mapping[str, int]) -> list[str]:
    """Those of the words that this process has not noted for the holder."""
    if not ids:
        return some
    keys = [(ids[text] << _HOLDER) + holder for text in some]
    met = _notes.found(keys)
    unmet = {key: text for key, text in zip(keys, some, strict=True) if key not in met}
    if unmet:
        transaction.on_commit(partial(_notes.keep, dict.fromkeys(unmet, True)))
    return list(unmet.values())


def noted(holder: int, words: Sequence[str], *, alone: bool = False) -> list[Statement]:
    """The same of one holder's words, in their order. ``alone``: of words that nobody else can have
    noted, an IntegrityError on PostgreSQL where somebody has."""
    some = long_words(words)
    if not some:
        return []
    if is_postgres():
        return [_noted([holder] * len(some), some, alone=alone)]
    # WHERE true: SQLite would take ON for the start of a join.
    source = "SELECT %s, value FROM json_each(%s) WHERE true"
    return [Planned(f"{_NOTED} {source} {_UNLESS_THERE}", [holder, _json(some)])]


_NOT_NOTED = (
    "NOT EXISTS (SELECT 1 FROM superthread_search_word AS w WHERE w.holder = %s AND w.text = {})"
)
_UNNOTED = {
    "postgresql": "SELECT text FROM unnest(%s::text[]) AS given (text) WHERE "
    + _NOT_NOTED.format("given.text"),
    "sqlite": f"SELECT value FROM json_each(%s) WHERE {_NOT_NOTED.format('value')}",
}


def unnoted(holder: int, words: Sequence[str]) -> list[str]:
    """Those of the words that may be misspelt and are not noted for the holder yet, in their order:
    a read, which on SQLite waits for no writer."""
    some = long_words(words)
    if not some:
        return []
    given = array(some) if is_postgres() else _json(some)
    found = rows(Planned(_UNNOTED[connection.vendor], [given, holder]))
    return sorted(text for (text,) in found)


_NOTED = "INSERT INTO superthread_search_word (holder, text)"
_UNLESS_THERE = "ON CONFLICT DO NOTHING"


def _noted(holders: list[int], words: list[str], *, alone: bool = False) -> Planned:
    source = "SELECT * FROM unnest(%s::smallint[], %s::text[])"
    # Looking first, and telling others that it is being tried, takes half of what it costs.
    clash = "" if alone else f" {_UNLESS_THERE}"
    return Planned(f"{_NOTED} {source}{clash}", [array(holders), array(words)])


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
    missing = {term: spellings[term] for term in wanted if term not in known}
    known |= added(missing) if missing else {}
    if is_postgres():
        _kept.keep(known)
    return known


def added(missing: Mapping[str, int], *, alone: bool = False) -> dict[str, int]:
    """The words of unknown terms, by text with their spellings, once they are there: added, or by
    another writer meanwhile. In order, or two writers with the same new words could wait for each
    other for ever.

    ``alone``: by this, an IntegrityError on PostgreSQL where another writer has added one.
    """
    if alone and is_postgres():
        return _added_alone(missing)
    found = (_added_by_postgres if is_postgres() else _added_by_sqlite)(missing)
    # Added by another writer meanwhile, whose commit the insert has waited for.
    if raced := [term for term in missing if term not in found]:
        found |= known(raced)
    return found


# While words are pruned none is added: it would meet notes that are just being deleted.
_ADDED = (
    f"{LOCKED.sql}; "
    "WITH added AS (INSERT INTO superthread_search_term (text, usual) SELECT text, usual "
    "FROM unnest(%s::text[], %s::smallint[]) WITH ORDINALITY AS given (text, usual, place) "
    "ORDER BY place"
)


def _added_alone(missing: Mapping[str, int]) -> dict[str, int]:
    """Neither looks first nor tells the texts again, which takes two thirds of what it costs. Ids
    are given in the order of what is inserted."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_ADDED} RETURNING id) SELECT array_agg(id ORDER BY id) FROM added",
            _columns(missing),
        )
        (ids,) = cursor.fetchone()
    numbers = zip(missing.items(), ids, strict=True)
    return {text: number << _SPELLING | spelling for (text, spelling), number in numbers}


def _added_by_postgres(missing: Mapping[str, int]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_ADDED} ON CONFLICT (text) DO NOTHING RETURNING text, id, usual) "
            f"SELECT json_object_agg(text, {_NUMBER[0]})::text FROM added",
            _columns(missing),
        )
        return _words_in(cursor)


def _columns(missing: Mapping[str, int]) -> list[str]:
    return [array(list(missing)), array(list(missing.values()))]


def _added_by_sqlite(missing: Mapping[str, int]) -> dict[str, int]:
    """None where another writer has one of them: it is cheaper to say than what was added."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        ids = _keys(len(missing))
        # WHERE true: SQLite would take ON for the start of a join.
        cursor.execute(
            "INSERT INTO superthread_search_term (id, text, usual) SELECT key + %s, value ->> 0, "
            "value ->> 1 FROM json_each(%s) WHERE true ON CONFLICT DO NOTHING",
            [ids[0], _json(list(missing.items()))],
        )
        if cursor.rowcount != len(ids):
            return {}
        numbers = zip(missing.items(), ids, strict=True)
        return {text: number << _SPELLING | spelling for (text, spelling), number in numbers}


def _known_ids(terms: list[str], *, locked: bool = False) -> dict[str, int]:
    """The terms that are known."""
    condition, params = _among_texts(terms)
    # One value: rows would take longer to be told than to be found.
    told = (
        f"json_object_agg(text, {_NUMBER[0]})::text"
        if is_postgres()
        else f"json_group_object(text, {_NUMBER[1]})"
    )
    look_up = f"SELECT {told} FROM superthread_search_term WHERE {condition}"
    if not locked:
        found = rows(Planned(look_up, params), anew=len(terms) > FEW)
        return orjson.loads(found[0][0] or b"{}")
    with connection.cursor() as cursor:
        cursor.execute(behind_lock(look_up), params)
        return _words_in(cursor)


def _among_texts(terms: list[str]) -> tuple[str, list[Any]]:
    """PostgreSQL goes through its index in the order of the list; rows it would look up each for
    itself."""
    if is_postgres():
        return "text = ANY (%s::text[])", [array(terms)]
    return among("text", terms, "text")


def _words_in(cursor: Any) -> dict[str, int]:
    """What the one row of an aggregate tells; PostgreSQL has NULL for nothing."""
    return orjson.loads(cursor.fetchone()[0] or b"{}")


def behind_lock(look_up: str) -> str:
    """The look-up behind the writers' lock: a statement of its own, in the same round trip."""
    if not is_postgres():
        return look_up
    return f"{LOCKED.sql}; {look_up}"
