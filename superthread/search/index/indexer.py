"""Keeping the index in step with the memories, inside the caller's transaction.

What can be worked out before the transaction is (`count_terms`, `prepare`): terms are counted, the
rows of long contents made and their words added to the vocabulary. In the transaction `subscriber`
asks for the statements of a change (`written`, `described`, `moved`, `forgotten`), which go to the
database last, in one round trip: rows are then locked in one order by everybody (memories, terms in
alphabetical order, totals) and writers that bring the same new word wait for each other instead of
deadlocking. What was prepared holds only while nobody changed what it was made from; `written`
looks, and otherwise makes it anew. Memories in the trash and expired ones stay indexed, searches
leave them out; `forgotten` is for those deleted for good.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from memory_hub.database.dialect import is_postgres
from memory_hub.database.statements import Statement
from superthread import limits
from superthread.search.analysis import analyzer
from superthread.search.index import postings, pruning, vocabulary
from superthread.search.index.described import Beside, with_beside
from superthread.search.index.documents import Document, documents_of
from superthread.search.index.holders import holder_of
from superthread.search.index.packing import packed_count
from superthread.search.index.postings import MOST_LENGTH, Change, Counted, Removal, Rows
from superthread.search.index.vocabulary import Words

# Distinct terms from which on rows are made before the transaction; making fewer takes 10 ms.
MANY = 2_048


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known of some contents before the transaction; of few terms no more than these.

    ``asks``: their ids are not those that the process has kept.
    """

    counted: Sequence[Counted]
    words: Words | None = None
    rows: Rows | None = None
    removal: Removal | None = None
    asks: bool = False

    def with_these(self, beside: Sequence[Beside]) -> "Prepared":
        """The same with what is said of each memory beside its text."""
        if not any(one.frequencies for one in beside):
            return self
        return Prepared([with_beside(*both) for both in zip(self.counted, beside, strict=True)])


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


def prepare(counted: Sequence[Counted], instead_of: Sequence[int] = ()) -> Prepared:
    """The rows of the contents, where they are many, and what of these memories they replace.

    Outside the transaction: adds words in transactions of its own. ``instead_of`` are the memories
    the contents are for; none for new ones.
    """
    old = documents_of(instead_of) if instead_of else {}
    many = sum(len(one.frequencies) for one in counted) > MANY
    if not many and sum(packed_count(document.packed) for document in old.values()) <= MANY:
        return Prepared(counted)
    words = vocabulary.reserved(_terms(counted))
    rows = Rows.of(counted, words.ids)
    following = dict(zip(instead_of, rows.documents, strict=True)) if instead_of else {}
    return Prepared(counted, words, rows, postings.removal(old, following))


def written(
    ids: Sequence[int], prepared: Prepared, spaces: Sequence[int], *, new: bool = False
) -> list[Statement]:
    """What indexes the memories of these ids and spaces, in the order of what was prepared.

    ``new`` says that none of them is in the index, so that there is nothing to look for; then an
    IntegrityError may be for words that have gone: again with what ``asks``.
    """
    if not ids:
        return []
    rows, removal = prepared.rows, prepared.removal
    if rows is None or prepared.words is None or not vocabulary.are_there(prepared.words):
        trusting = new and not prepared.asks
        ids_of = vocabulary.likely_ids_of if trusting else vocabulary.ids_of
        rows = Rows.of(prepared.counted, ids_of(_terms(prepared.counted)))
        removal, prepared = None, Prepared(prepared.counted)
    following = dict(zip(ids, rows.documents, strict=True))
    old, removing = ({}, []) if new else _removed(ids, following, removal)
    documents = [
        one._replace(space=space, holder=holder_of(space))
        for one, space in zip(rows.documents, spaces, strict=True)
    ]
    by_holder = [
        (document.holder, one.frequencies)
        for document, one in zip(documents, prepared.counted, strict=True)
    ]
    ahead = prepared.words.ahead if prepared.words else vocabulary.NOTHING
    return [
        *([vocabulary.LOCKED] if new and is_postgres() else ()),
        *removing,
        *postings.insertion(ids, rows, documents, new=new),
        *vocabulary.held(vocabulary.not_ahead(by_holder, ahead)),
        *postings.totals(old.values(), documents),
    ]


def described(changed: Mapping[int, tuple[Beside, Beside]]) -> list[Statement]:
    """What changes the words beside memories' texts, from the one to the other; the texts
    themselves are not counted again. Where an older analyzer counted nothing is taken away, which
    may be the text's: reindexing does it."""
    old = documents_of(changed)
    ids = vocabulary.ids_of(
        {term for both in changed.values() for one in both for term in one.frequencies}
    )
    changes = {
        (ids[term], pk): Change(
            before.frequencies[term] if old[pk].analyzer == analyzer.VERSION else 0,
            now.frequencies[term],
            now.spellings.get(term, 0),
        )
        for pk, (before, now) in changed.items()
        if pk in old
        for term in {**before.frequencies, **now.frequencies}
    }
    words = [(old[pk].holder, now.frequencies) for pk, (_, now) in changed.items() if pk in old]
    return [*postings.adjustment(old, changes), *vocabulary.held(words)]


def moved(spaces: Mapping[int, int]) -> list[Statement]:
    """What gives the memories to the holders of these spaces, as their places changed. The spaces
    of their documents have changed with theirs: the database sees to it."""
    old = documents_of(spaces)
    holders = {pk: holder_of(space) for pk, space in spaces.items()}
    new = [one._replace(holder=holders[pk]) for pk, one in old.items()]
    words = [(holders[pk], vocabulary.texts_of(one.packed)) for pk, one in old.items()]
    return [
        *postings.moved(old, holders),
        *vocabulary.held(words),
        *postings.totals(old.values(), new),
    ]


class Contents:
    """New contents of memories, counted outside the transaction that writes them.

    What is then written may be fewer of them, or others: nobody was locked yet.
    """

    def __init__(self, pairs: Sequence[tuple[int, str]], prepared: Prepared) -> None:
        self._pairs, self._prepared = pairs, prepared

    @classmethod
    def of(
        cls, pairs: Iterable[tuple[int, str]], counted: Sequence[Counted] | None = None
    ) -> "Contents":
        """Contents by (id, content), as ready as they can be; perhaps ``counted`` before."""
        pairs = list(pairs)
        if counted is None:
            counted = [count_terms(content) for _, content in pairs]
        return cls(pairs, prepare(counted, [pk for pk, _ in pairs]))

    @classmethod
    def counted(cls, *contents: str) -> "Contents":
        """Contents that are counted only: of memories that were not looked up."""
        return cls([(0, one) for one in contents], Prepared([count_terms(one) for one in contents]))

    def of_these(self, pairs: Sequence[tuple[int, str]]) -> Prepared:
        """What was prepared, as far as it is for these contents."""
        if pairs == self._pairs:
            return self._prepared
        counted = zip(self._pairs, self._prepared.counted, strict=True)
        known = {content: one for (_, content), one in counted}
        return Prepared([known.get(text) or count_terms(text) for _, text in pairs])


def prepare_to_forget(ids: Sequence[int]) -> Removal:
    """What goes when the memories are deleted for good; before the transaction that does it."""
    return postings.removal(documents_of(ids), {})


def forgotten(ids: Sequence[int], removal: Removal | None = None) -> list[Statement]:
    """What takes memories out of the index that are deleted for good; ``removal`` was prepared."""
    gone, removing = _removed(ids, {}, removal)
    return [*removing, *postings.noted_deletion(ids), *postings.totals(gone.values(), [])]


def prune_vocabulary() -> int:
    """Delete the words that no memory has any more; returns how many went."""
    return pruning.prune()


def _terms(counted: Iterable[Counted]) -> set[str]:
    return set[str]().union(*(one.frequencies for one in counted))


def _removed(
    ids: Sequence[int], following: Mapping[int, Document], prepared: Removal | None
) -> tuple[dict[int, Document], list[Statement]]:
    """The present documents, and what deletes the postings that those to come do not have."""
    documents = documents_of(ids)
    if prepared is None or prepared.documents != documents:
        prepared = postings.removal(documents, following)
    return documents, [postings.deletion(prepared.postings)] if prepared.postings else []
