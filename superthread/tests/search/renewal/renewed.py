"""An index of an older analyzer, and one that is made beside it."""

from collections import Counter

from memory_hub.core.identity import OPERATOR
from superthread.models import (
    SearchAside,
    SearchFormer,
    SearchOvertaken,
    SearchPage,
    SearchRenewal,
    SearchSegment,
)
from superthread.search.analysis import analyzer
from superthread.services.upkeep import reindexing, rewriting
from superthread.tests.search.index.folded import found

LEFT = (SearchAside, SearchFormer, SearchOvertaken, SearchRenewal)


def older(monkeypatch):
    """Indexes everything by a version that cut words after three letters: "zeb" finds what it has
    indexed, "zebra" what the present one has."""

    def cut(text):
        found = Counter(word[:3] for word in text.split())
        return found, dict.fromkeys(found, 0)

    with monkeypatch.context() as patch:
        patch.setattr(analyzer, "VERSION", analyzer.VERSION - 1)
        patch.setattr(analyzer, "counted_terms", cut)
        patch.setattr(rewriting, "AT_ONCE", 10_000)
        sum(reindexing.reindex(everything=True, by=OPERATOR))


def begun(**how):
    """A reindex, step by step."""
    return reindexing.reindex(by=OPERATOR, **how)


def ids_of(client, query):
    """What a client finds, each as often as it is found."""
    return [one["doc_id"] for one in found(client, query)["results"]]


def assert_nothing_is_left():
    """Of what is made beside an index nothing is there, and no page but those of segments."""
    assert not [model for model in LEFT if model.objects.exists()]
    pages = {key >> 31 for key in SearchPage.objects.values_list("key", flat=True)}
    assert pages == set(SearchSegment.objects.values_list("id", flat=True))
