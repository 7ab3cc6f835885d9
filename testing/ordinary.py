"""Ordinary words for hubs that the database fills itself: as frequent as in a language.

A memory has a word of each of SLOTS vocabularies, so none twice. The words of a vocabulary are in
CLASSES, each twice as large as the one before and as likely: the one of rank r is in about one of
13 r memories (Zipf), the first in 8 of 100, the rarest in one of 53,248.
"""

import random

SLOTS, CLASSES = 8, 13
# Numbers of a vocabulary; the first has no word.
EACH = 1 << CLASSES
_SYLLABLES = [consonant + vowel for consonant in "bdfghjklmnprstvz" for vowel in "aiou"]
_PRIME = 2**31 - 1


def word(number: int) -> str:
    """Three syllables, of which stemming makes no other word's term."""
    places = (number // 64**2, number // 64 % 64, number % 64)
    return "".join(_SYLLABLES[place] for place in places)


def texts(count: int, words: tuple[int, int], seed: int) -> list[str]:
    """So many texts of so many words, at least and at most, drawn as those of memories are."""
    dice = random.Random(seed)

    def drawn() -> str:
        size = 1 << dice.randrange(CLASSES)
        return word(dice.randrange(SLOTS) * EACH + size + dice.randrange(size))

    return [" ".join(drawn() for _ in range(dice.randint(*words))) for _ in range(count)]


def write(numbers: str) -> None:
    """Writes the table filled_text, which is the connection's own: for each ``n`` of a SELECT its
    words, and what the index has of them."""
    from django.db import connection

    kind = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        for name, columns in (
            ("filled_word", f"n integer PRIMARY KEY, word text, code {kind}"),
            ("filled_text", f"n integer PRIMARY KEY, words text, codes {kind}"),
        ):
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns})")
        cursor.execute("SELECT 1 FROM filled_word LIMIT 1")
        if not cursor.fetchone():
            _write_vocabulary()
        cursor.execute("DELETE FROM filled_text")
        cursor.execute(_texts_of(numbers, kind))


def _write_vocabulary() -> None:
    from memory_hub.database.statements import inserted, run
    from superthread.search.index.indexer import count_terms
    from superthread.search.index.packing import code_of
    from superthread.search.index.vocabulary import id_in, ids_of

    numbers = [slot * EACH + rank for slot in range(SLOTS) for rank in range(1, EACH)]
    terms = {n: next(iter(count_terms(word(n)).frequencies)) for n in numbers}
    words = ids_of(dict.fromkeys(terms.values(), 0))
    rows = [(n, word(n), code_of(id_in(words[term]))) for n, term in terms.items()]
    run(inserted("filled_word", ("n", "word", "code"), rows))


def _texts_of(numbers: str, kind: str) -> str:
    """The statement that draws: a number of many digits for each slot, of which one part tells the
    class and another one the word."""
    dice = random.Random(0)
    slots = range(SLOTS)
    drawn = ", ".join(
        f"(n * n % {_PRIME} * {dice.randrange(_PRIME)} + n * {dice.randrange(_PRIME)}) % {_PRIME} "
        f"AS h{slot}"
        for slot in slots
    )
    size = "(1 << CAST(h{0} % {1} AS integer))"
    places = ", ".join(
        f"{slot * EACH} + {size} + h{slot} / {CLASSES} % {size} AS p{slot}".format(slot, CLASSES)
        for slot in slots
    )
    joins = " ".join(f"JOIN filled_word AS w{slot} ON w{slot}.n = p{slot}" for slot in slots)
    words = " || ' ' || ".join(f"w{slot}.word" for slot in slots)
    codes = " || ".join(f"w{slot}.code" for slot in slots)
    return (
        f"INSERT INTO filled_text SELECT c.n, {words}, CAST({codes} AS {kind}) FROM "
        f"(SELECT n, {places} FROM (SELECT n, {drawn} FROM (SELECT CAST(n AS bigint) AS n "
        f"FROM ({numbers}) AS numbers) AS a) AS b) AS c {joins}"
    )
