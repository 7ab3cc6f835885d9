"""Fuzzy rescue: a Latin word in none of the memories searched is read as its nearest spellings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from superthread.search import fuzzy
from superthread.search.ranking import MOST_TERMS, Term, look_up

# A word in more memories than this is spelt right, whoever can see them; asking would cost more.
CERTAINLY_A_WORD = 1_000
# Of the vocabulary: words that one query compares with, for all its doubtful words together, and
# for one of them at least.
COMPARED, COMPARED_EACH = 4_096, 128
CANDIDATES = 8  # nearest spellings that are checked for visibility
# Words of a query that are respelt, the first: no more terms than that decide a query.
MOST = MOST_TERMS
BEGUN, READ_FOR_BEGUN = 8, 256  # words with a beginning that stand for it, and that are looked at
SHORTEST_STEM = 2
# Memories of a word that are looked at to learn whether the caller may read one of them.
LOOKED_AT = 500


def respelled(
    texts: Sequence[str], known: Sequence[Term], condition: str, params: Sequence[Any]
) -> list[Term]:
    """Substitutes for the mistyped among `texts`, at most three each, all of them in memories that
    `condition` (on hit.memory_id) allows, so that nobody learns the words of others.
    """
    frequent = {term.text for term in known if term.documents > CERTAINLY_A_WORD}
    doubtful = [text for text in texts if fuzzy.may_be_mistyped(text) and text not in frequent]
    if not doubtful:
        return []
    doubtful = doubtful[: 4 * MOST]
    unseen = set(doubtful) - visible_texts(
        [t for t in known if t.text in doubtful], condition, params
    )
    near = _near([one for one in doubtful if one in unseen][:MOST])
    terms = look_up(list(dict.fromkeys(word for words in near.values() for word in words)))
    visible = visible_texts(terms, condition, params)
    may_stand = {term.text: term for term in terms if term.text in visible}
    return [
        replace(may_stand[word], weight=fuzzy.WEIGHT, instead_of=text)
        for text, words in near.items()
        for word in [word for word in words if word in may_stand][: fuzzy.SUBSTITUTES]
    ]


def beginning_with(beginning: str, condition: str, params: Sequence[Any]) -> list[Term]:
    """The most frequent terms with this beginning that the condition allows to know of.

    Terms are stems: where none is as long, those that the beginning itself begins with.
    """
    terms = look_up([text for _, text in _vocabulary([beginning], READ_FOR_BEGUN)])
    if not terms:
        terms = look_up([beginning[:size] for size in range(len(beginning) - 1, SHORTEST_STEM, -1)])
    visible = visible_texts(terms, condition, params)
    found = [term for term in terms if term.text in visible]
    return sorted(found, key=lambda term: (-term.documents, term.text))[:BEGUN]


def _near(texts: Sequence[str]) -> dict[str, list[str]]:
    """The nearest spellings of each, nearest first."""
    if not texts:
        return {}
    each = max(COMPARED // len(texts), COMPARED_EACH)
    words = defaultdict(list)
    for number, word in _vocabulary([text[: fuzzy.PREFIX] for text in texts], each):
        allowed = fuzzy.edits_allowed(texts[number])
        if abs(len(word) - len(texts[number])) <= allowed:
            words[texts[number]].append(word)
    return {text: fuzzy.substitutes(text, words[text], CANDIDATES) for text in texts}


def _vocabulary(beginnings: Sequence[str], each: int) -> list[tuple[int, str]]:
    """Words with these beginnings, `each` at most, with the beginning's number."""
    parts, params = [], []
    for number, beginning in enumerate(beginnings):
        following = beginning[:-1] + chr(ord(beginning[-1]) + 1)
        parts.append(
            f"SELECT {number}, text FROM (SELECT text FROM superthread_search_term "
            f"WHERE text >= %s AND text < %s LIMIT {each}) AS first"
        )
        params += [beginning, following]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return cursor.fetchall()


def visible_texts(terms: Sequence[Term], condition: str, params: Sequence[Any]) -> set[str]:
    """The texts of the terms that stand in a memory that the condition allows."""
    if not terms:
        return set()
    numbers = ", ".join(str(term.id) for term in terms)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.text FROM superthread_search_term t WHERE t.id IN ({numbers}) AND EXISTS "
            "(SELECT 1 FROM (SELECT memory_id FROM superthread_search_posting p "
            f"WHERE p.term_id = t.id ORDER BY memory_id DESC LIMIT {LOOKED_AT}) AS hit "
            f"WHERE {condition})",
            params,
        )
        return {text for (text,) in cursor.fetchall()}
