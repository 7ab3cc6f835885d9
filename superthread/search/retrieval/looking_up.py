"""Terms of a query by their texts, with how many memories hold them."""

from collections.abc import Iterable, Sequence

from superthread.search.index.vocabulary import id_in, known, usual_in
from superthread.search.retrieval.lists import Lists, Snapshot, steady
from superthread.search.retrieval.ranking import FREQUENT, MOST_TERMS
from superthread.search.retrieval.weights import Term

# Of a long query: terms looked up, and counted at a time; those are taken first that fewer memories
# hold than are frequent. Up to so many terms all are counted.
MOST_LOOKED_UP, AT_ONCE, ROUGHLY, FEW = 2_048, 128, 64, 64


def look_up(texts: Sequence[str], lists: Lists) -> list[Term]:
    """The terms that some memory in reach has, with the number of memories.

    Of many terms, as a page of text has them, some rare ones alone: telling how frequent all are
    would take long where they are.
    """
    if len(texts) <= FEW:
        return _counted(texts, lists)
    words = known(texts[:MOST_LOOKED_UP])
    # What came into the hub last is likely to be rare.
    latest = sorted(words, key=lambda text: -words[text])
    rare: list[str] = []
    frequent: list[tuple[int, str]] = []
    for start in range(0, len(latest), AT_ONCE):
        part = latest[start : start + AT_ONCE]
        for text, documents, postings in _roughly(part, words, lists):
            if postings and documents < ROUGHLY:
                rare.append(text)
            elif postings:
                frequent.append((documents, text))
        if len(rare) >= MOST_TERMS:
            break
    missing = max(MOST_TERMS - len(rare), 0)
    return _counted([*rare, *(text for _, text in sorted(frequent)[:missing])], lists)


def _roughly(
    texts: Sequence[str], words: dict[str, int], lists: Lists
) -> Iterable[tuple[str, int, int]]:
    ids = {text: id_in(words[text]) for text in texts}

    def once() -> list[tuple[str, int, int]]:
        snapshot = Snapshot(lists.holders, ids.values())
        return [(text, snapshot.documents(pk), snapshot.postings(pk)) for text, pk in ids.items()]

    return steady(once)


def _counted(texts: Sequence[str], lists: Lists) -> list[Term]:
    words = lists.words(texts)
    ids = [id_in(word) for word in words.values()]
    return lists.steadily(ids, lambda snapshot: _told(texts, words, snapshot)) if ids else []


def _told(texts: Sequence[str], words: dict[str, int], snapshot: Snapshot) -> list[Term]:
    found = []
    for text in texts:
        if text in words:
            pk = id_in(words[text])
            if postings := snapshot.postings(pk):
                term = Term(pk, text, snapshot.documents(pk), postings, usual=usual_in(words[text]))
                found.append(term)
    return found


def counted(texts: Sequence[str], lists: Lists) -> list[Term]:
    """All of the terms that some memory has; the numbers of frequent ones are no more than that."""
    return [
        Term(
            *(one.id, one.text, min(one.documents, FREQUENT), min(one.postings, FREQUENT)),
            usual=one.usual,
        )
        for one in _counted(texts, lists)
    ]
