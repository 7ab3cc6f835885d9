"""What is said beside a text counts for more than a mention, and for less than an answer."""

from benchmarks.search.scoring import LABELS, means, read_sets
from superthread.tests.search import labelled


def test_titles_tags_and_the_like_find_before_mentions(mina):
    sets = {one.name: one for one in read_sets(LABELS)}
    answers = labelled.ask(mina, labelled.load(mina, sets), sets)
    scores = means(sets["labels"], answers)
    assert scores[""][1].recall1 >= 0.98
    assert {kind: mean.recall5 for kind, (_, mean) in scores.items()} == dict.fromkeys(scores, 1.0)
    assert len(sets["labels"].queries) >= 40
