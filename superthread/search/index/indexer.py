"""Keeping the index in step with the memories, inside the caller's transaction.

What can be worked out before the transaction is (`count_terms`, `prepare`): terms are counted, the
documents of long contents made and their words added to the vocabulary. In the transaction
`subscriber` asks for the statements of a change (`written`, `described`, `moved`, `forgotten`),
which go to the database last, in one round trip: rows are then locked in one order by everybody
(memories, terms in alphabetical order, documents) and writers that bring the same new word wait for
each other instead of deadlocking. What was written is fresh until `folding` has folded it.

What was prepared holds only while its words are there; `written` looks, and otherwise makes it
anew. Memories in the trash and expired ones stay indexed, searches leave them out; `forgotten` is
for those deleted for good.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import Any

from memory_hub.database.dialect import is_postgres
from memory_hub.database.statements import Statement
from superthread import limits
from superthread.models.space import space_of
from superthread.search.analysis import analyzer
from superthread.search.index import pruning, reserving, vocabulary, wake
from superthread.search.index.described import Beside, terms_beside, with_beside
from superthread.search.index.documents import (
    MOST_LENGTH,
    Counted,
    Document,
    TermChange,
    adjustment,
    deletion,
    documents_of,
    insertion,
    made_of,
)
from superthread.search.index.holders import holder_of
from superthread.search.index.reserving import Words

# Distinct terms from which on documents are made before the transaction; fewer take 10 ms.
MANY = 2_048


@dataclass(frozen=True, slots=True)
class PreparedTerms:
    """What is known of some contents before the transaction; of few terms no more than these.

    ``asks``: their words are not those that the process has kept. ``of_texts`` is ``counted``
    without what is said ``beside`` the texts, where that is among it.
    """

    counted: Sequence[Counted]
    words: Words | None = None
    documents: Sequence[Document] | None = None
    asks: bool = False
    of_texts: Sequence[Counted] | None = None
    beside: Sequence[Beside] = ()

    @property
    def texts(self) -> Sequence[Counted]:
        """The terms of the texts alone."""
        return self.counted if self.of_texts is None else self.of_texts

    def with_these(self, beside: Sequence[Beside]) -> "PreparedTerms":
        """The same with what is said of each memory beside its text."""
        told = any(one.frequencies for one in (*beside, *self.beside))
        if not told or [*beside] == [*self.beside]:
            return self
        return PreparedTerms([with_beside(*both) for both in zip(self.texts, beside, strict=True)])


_counts: ContextVar[Mapping[str, Counted]] = ContextVar("counts", default=MappingProxyType({}))


@contextmanager
def counted_before(counts: Mapping[str, Counted]) -> Iterator[None]:
    """A block that need not count these contents again: for whoever decides only within a
    transaction how to write what was counted before it."""
    token = _counts.set(counts)
    try:
        yield
    finally:
        _counts.reset(token)


def count_terms(content: str) -> Counted:
    """What the index stores of a content: its first ``limits.TERMS`` distinct terms."""
    if known := _counts.get().get(content):
        return known
    found, spelt = analyzer.counted_terms(content)
    frequencies = found
    left_out = max(0, len(found) - limits.TERMS)
    if left_out:
        frequencies = dict(islice(found.items(), limits.TERMS))
    return Counted(frequencies, spelt, min(sum(found.values()), MOST_LENGTH), left_out)


def prepare(counted: Sequence[Counted], *, spaces: Collection[int] = ()) -> PreparedTerms:
    """The documents of the contents, where their terms are many; of memories in these spaces, as
    far as that is known.

    Outside the transaction: adds words in transactions of its own.
    """
    if sum(len(one.frequencies) for one in counted) <= MANY:
        return PreparedTerms(counted)
    holders = {holder_of(space) for space in spaces}
    holder = holders.pop() if len(holders) == 1 else None
    words = reserving.reserved(_terms(counted), holder=holder)
    return PreparedTerms(counted, words, made_of(counted, words.ids))


def written(
    ids: Sequence[int],
    prepared: PreparedTerms,
    spaces: Sequence[int],
    *,
    new: bool = False,
    present: Mapping[int, Document] = MappingProxyType({}),
) -> list[Statement]:
    """What indexes the memories of these ids and spaces, in the order of what was prepared; those
    of the ``present`` documents that are as they shall be are not written again.

    ``new`` says that none of them is in the index; then an IntegrityError may be for words that
    have gone: again with what ``asks``.
    """
    if not ids:
        return []
    made, words, proving = prepared.documents, prepared.words, None
    if made is None or words is None or not reserving.are_there(words):
        terms, words = _terms(prepared.counted), None
        trusting = new and not prepared.asks
        known = vocabulary.likely_ids_of(terms) if trusting else vocabulary.ids_of(terms)
        made = made_of(prepared.counted, known)
        proving = known if trusting else None
    else:
        known = words.ids
    documents = [one._replace(space=space) for one, space in zip(made, spaces, strict=True)]
    noted_for = words.holder if words else None
    by_holder = [
        (holder, one.frequencies)
        for space, one in zip(spaces, prepared.counted, strict=True)
        if (holder := holder_of(space)) != noted_for
    ]
    if present:
        both = [(pk, one) for pk, one in zip(ids, documents, strict=True) if present.get(pk) != one]
        ids, documents = [pk for pk, _ in both], [one for _, one in both]
    wake.note(len(ids))
    return [
        *([vocabulary.LOCKED] if new and is_postgres() else ()),
        *(insertion(ids, documents, proving=proving, new=new) if ids else ()),
        *vocabulary.held(by_holder, known),
    ]


def described(changed: Mapping[int, tuple[Beside, Beside]]) -> list[Statement]:
    """What changes the words beside memories' texts, from the one to the other; the texts
    themselves are not counted again. Where an older analyzer counted nothing is taken away, which
    may be the text's: reindexing does it."""
    old = documents_of(changed)
    words = vocabulary.ids_of(
        {
            term: one.spellings[term]
            for both in changed.values()
            for one in both
            for term in one.frequencies
        }
    )
    changes = {
        pk: {
            words[term]: TermChange(
                before.frequencies[term] if old[pk].analyzer == analyzer.VERSION else 0,
                now.frequencies[term],
                now.spellings.get(term, 0),
            )
            for term in {**before.frequencies, **now.frequencies}
        }
        for pk, (before, now) in changed.items()
        if pk in old
    }
    said = [(holder_of(old[pk].space), changed[pk][1].frequencies) for pk in changes]
    wake.note(len(changes))
    return [*adjustment(old, changes), *vocabulary.held(said)]


def moved(spaces: Mapping[int, int]) -> list[Statement]:
    """What gives the words of the memories to the holders of these spaces, as their places changed.
    Their documents have moved with them: the database sees to it."""
    wake.note(2 * len(spaces))
    return vocabulary.held(
        (holder_of(spaces[pk]), vocabulary.texts_of(one.terms))
        for pk, one in documents_of(spaces).items()
    )


class Contents:
    """New contents of memories, counted outside the transaction that writes them.

    What is then written may be fewer of them, or others: nobody was locked yet.
    """

    def __init__(self, pairs: Sequence[tuple[int, str]], prepared: PreparedTerms) -> None:
        self._pairs, self._prepared = pairs, prepared

    @classmethod
    def of(
        cls, pairs: Iterable[tuple[int, str]], counted: Sequence[Counted] | None = None
    ) -> "Contents":
        """Contents by (id, content), as ready as they can be; perhaps ``counted`` before."""
        pairs = list(pairs)
        if counted is None:
            counted = [count_terms(content) for _, content in pairs]
        return cls(pairs, prepare(counted))

    @classmethod
    def of_memory(cls, row: Mapping[str, Any]) -> "Contents":
        """The content of one memory, which is going to be so: with what is said beside it."""
        counted, beside = count_terms(row["content"]), terms_beside(row)
        whole = with_beside(counted, beside)
        prepared = prepare([whole], spaces=[space_of(row)])
        known = replace(prepared, of_texts=[counted], beside=[beside])
        return cls([(row["id"], row["content"])], known)

    @classmethod
    def counted(cls, *contents: str) -> "Contents":
        """Contents that are counted only: of memories that were not looked up."""
        return cls(
            [(0, one) for one in contents], PreparedTerms([count_terms(one) for one in contents])
        )

    def of_these(self, pairs: Sequence[tuple[int, str]]) -> PreparedTerms:
        """What was prepared, as far as it is for these contents."""
        if pairs == self._pairs:
            return self._prepared
        counted = zip(self._pairs, self._prepared.texts, strict=True)
        known = {content: one for (_, content), one in counted}
        return PreparedTerms([known.get(text) or count_terms(text) for _, text in pairs])


def forgotten(ids: Sequence[int]) -> list[Statement]:
    """What takes memories out of the index that are deleted for good."""
    wake.note(len(ids))
    return deletion(ids)


def prune_vocabulary() -> int:
    """Delete the words that no memory has any more; returns how many went."""
    return pruning.prune()


def _terms(counted: Sequence[Counted]) -> dict[str, int]:
    """All terms with their spellings, of each the first."""
    terms: dict[str, int] = {}
    for one in reversed(counted):
        if len(one.spellings) == len(one.frequencies):
            terms.update(one.spellings)
        else:
            terms.update((term, one.spellings[term]) for term in one.frequencies)
    return terms
