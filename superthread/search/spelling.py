"""Fuzzy rescue: a Latin word in none of the memories searched is read as its nearest spellings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from superthread.search import fuzzy
from superthread.search.ranking import MOST_TERMS, Term, look_up

# A word in more memories than this is spelt right, whoever can see them; asking would cost more.
CERTAINLY_A_WORD = 1_000
CANDIDATES = 20  # nearest spellings that are checked for visibility
# Words of a query that are respelt, the first: each reads a part of the vocabulary, and no more
# terms than that decide a query.
MOST = MOST_TERMS


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
    unseen = set(doubtful) - visible_texts(
        [t for t in known if t.text in doubtful], condition, params
    )
    near = {text: _near(text) for text in [one for one in doubtful if one in unseen][:MOST]}
    terms = look_up(list(dict.fromkeys(word for words in near.values() for word in words)))
    visible = visible_texts(terms, condition, params)
    may_stand = {term.text: term for term in terms if term.text in visible}
    return [
        replace(may_stand[word], weight=fuzzy.WEIGHT, instead_of=text)
        for text, words in near.items()
        for word in [word for word in words if word in may_stand][: fuzzy.SUBSTITUTES]
    ]


def _near(text: str) -> list[str]:
    """Its nearest spellings but for itself, nearest first."""
    words = fuzzy.substitutes(text, _vocabulary_near(text))[:CANDIDATES]
    return [word for word in words if word != text]


def _vocabulary_near(text: str) -> list[str]:
    """The words of about this length with the same first letters: a range of the index."""
    allowed, prefix = fuzzy.edits_allowed(text), text[: fuzzy.PREFIX]
    following = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text FROM superthread_search_term WHERE text >= %s AND text < %s "
            "AND length(text) BETWEEN %s AND %s",
            [prefix, following, len(text) - allowed, len(text) + allowed],
        )
        return [word for (word,) in cursor.fetchall()]


def visible_texts(terms: Sequence[Term], condition: str, params: Sequence[Any]) -> set[str]:
    """The texts of the terms that stand in a memory that the condition allows."""
    if not terms:
        return set()
    numbers = ", ".join(str(term.id) for term in terms)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.text FROM superthread_search_term t WHERE t.id IN ({numbers}) AND EXISTS "
            "(SELECT 1 FROM superthread_search_posting hit WHERE hit.term_id = t.id "
            f"AND {condition})",
            params,
        )
        return {text for (text,) in cursor.fetchall()}
