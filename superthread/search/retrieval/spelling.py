"""Fuzzy rescue: a Latin word in none of the memories searched is read as its nearest spellings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import connection

from superthread.search.analysis import fuzzy
from superthread.search.retrieval.lists import Lists
from superthread.search.retrieval.looking_up import FEW, look_up
from superthread.search.retrieval.ranking import MOST_TERMS, Findable
from superthread.search.retrieval.weights import Term

# A word in more memories in reach than this is spelt right; asking the gate would cost more.
CERTAINLY_A_WORD = 1_000
# Of the vocabulary: words that one query compares with, for all its doubtful words together, and
# for one of them at least.
COMPARED, COMPARED_EACH = 4_096, 128
CANDIDATES = 8  # nearest spellings that are checked for visibility
# Words of a query that are respelt, the first: no more terms than that decide a query.
MOST = MOST_TERMS
BEGUN, READ_FOR_BEGUN = 8, 256  # words with a beginning that stand for it, and that are looked at
SHORTEST_STEM = 2
# Memories of a word that are looked at to learn whether the caller may read one of them, those made
# last: at first, and then where none of these was it.
LOOKED_AT = (8, 200)


class Vocabulary:
    """The words that a caller may know of: those of their holders, as far as memories in reach,
    which are `findable`, have them."""

    def __init__(self, lists: Lists, findable: Findable) -> None:
        self._lists, self._findable = lists, findable

    def doubtful(self, texts: Sequence[str], known: Sequence[Term]) -> list[str]:
        """Those of the texts that may be mistyped words."""
        seen = {term.text for term in known if term.documents > CERTAINLY_A_WORD}
        return [text for text in fuzzy.long_words(texts) if text not in seen][:MOST]

    def respelled(self, texts: Sequence[str], known: Sequence[Term]) -> list[Term]:
        """Substitutes for the mistyped among `texts`, at most three each."""
        doubtful = self.doubtful(texts, known)
        if not doubtful:
            return []
        unseen = set(doubtful) - self.visible([term for term in known if term.text in doubtful])
        near = self._near([text for text in doubtful if text in unseen])
        terms = self._look_up(word for words in near.values() for word in words)
        return [
            replace(terms[word], weight=fuzzy.WEIGHT, instead_of=text)
            for text, words in near.items()
            for word in [word for word in words if word in terms][: fuzzy.SUBSTITUTES]
        ]

    def beginning_with(self, beginning: str) -> list[Term]:
        """The most frequent terms with this beginning.

        Terms are stems: where none is as long, those that the beginning itself begins with.
        """
        words = [text for _, text in self._ranges([beginning], READ_FOR_BEGUN)]
        terms = self._look_up(words).values()
        if not terms:
            shorter = range(len(beginning) - 1, SHORTEST_STEM, -1)
            terms = self._look_up(beginning[:size] for size in shorter).values()
        return sorted(terms, key=lambda term: (-term.documents, term.text))[:BEGUN]

    def visible(self, terms: Sequence[Term]) -> set[str]:
        """The texts of the terms that stand in a memory that the caller may read."""
        if not terms:
            return set()
        ids, known = [term.id for term in terms], self._findable(()).keys()
        # Where one was found already, no other is looked for.
        seen = self._lists.steadily(
            ids, lambda snapshot: {term.text for term in terms if snapshot.has(term.id, known)}
        )
        for count in LOOKED_AT:
            latest = {
                term.text: self._lists.steadily(
                    [term.id], lambda snapshot, pk=term.id, count=count: snapshot.newest(pk, count)
                )
                for term in terms
                if term.text not in seen
            }
            ids = sorted({pk for some in latest.values() for pk in some})
            found = self._findable(ids) if ids else ()
            seen |= {text for text, some in latest.items() if any(pk in found for pk in some)}
        return seen

    def _look_up(self, texts: Iterable[str]) -> dict[str, Term]:
        terms = look_up(list(dict.fromkeys(texts))[:FEW], self._lists)
        visible = self.visible(terms)
        return {term.text: term for term in terms if term.text in visible}

    def _near(self, texts: Sequence[str]) -> dict[str, list[str]]:
        """The nearest spellings of each, nearest first."""
        if not texts:
            return {}
        each = max(COMPARED // len(texts), COMPARED_EACH)
        words: defaultdict[str, list[str]] = defaultdict(list)
        for number, word in self._ranges([text[: fuzzy.PREFIX] for text in texts], each):
            if abs(len(word) - len(texts[number])) <= fuzzy.edits_allowed(texts[number]):
                words[texts[number]].append(word)
        return {text: fuzzy.substitutes(text, words[text], CANDIDATES) for text in texts}

    def _ranges(self, beginnings: Sequence[str], each: int) -> list[tuple[int, str]]:
        """Words with these beginnings, `each` at most of every group, with the beginning's number.

        A group's words alone, so that nobody else's are looked through. Only for granted memories,
        whose words are noted for nobody, everybody's are.
        """
        parts, params = [], []
        for number, beginning in enumerate(beginnings):
            following = beginning[:-1] + chr(ord(beginning[-1]) + 1)
            for table, condition, values in self._sources():
                parts.append(
                    f"SELECT {number}, text FROM (SELECT text FROM {table} WHERE {condition} "
                    f"AND text >= %s AND text < %s LIMIT {each}) AS part"
                )
                params += [*values, beginning, following]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            return cursor.fetchall()

    def _sources(self) -> list[tuple[str, str, list[str]]]:
        words, terms = "superthread_search_word", "superthread_search_term"
        holders = self._lists.holders
        sources: list[tuple[str, str, list[str]]] = [(words, one, []) for one in holders.wordings()]
        if not sources:
            return [(terms, "1 = 1", [])]
        if holders.email:
            granted, values = holders.granted("1")
            sources.append((terms, f"EXISTS ({granted})", values))
        return sources
