"""What the title, aliases, tags, file name and category of a memory should count for.

Every choice of weights indexes the labelled set anew, for a user of its own in one hub.
"""

from typing import Any

from benchmarks.search.hub import running_hub
from benchmarks.search.scoring import LABELS, means, read_sets

KINDS = ("title", "alias", "tag", "file", "category")
CHOICES = (
    (1, 1, 1, 1, 1),
    (2, 2, 1, 1, 1),
    (2, 2, 2, 2, 1),
    (3, 3, 2, 2, 1),
    (4, 4, 2, 2, 1),
    (4, 4, 2, 2, 2),
    (5, 5, 3, 3, 1),
    (8, 8, 4, 4, 2),
)


def measure_weights(database: str) -> None:
    """Print recall@1 and nDCG@10 of each choice, by the kind of what answers the query."""
    (labelled,) = read_sets(LABELS)
    lines: list[dict[str, Any]] = [
        {"weights": dict(zip(KINDS, choice, strict=True)), "drafts": labelled.drafts()}
        | {"queries": [labelled.asked(query) for query in labelled.queries]}
        for choice in CHOICES
    ]
    with running_hub(database, workers=1) as hub:
        ranked = hub.weigh(iter(lines))
    names = [memory["id"] for memory in labelled.memories]
    print(f"recall@1/nDCG@10 by weights of {', '.join(KINDS)}   ({database})")
    for choice, places in zip(CHOICES, ranked, strict=True):
        answers = {
            query["id"]: [names[place] for place in found]
            for query, found in zip(labelled.queries, places, strict=True)
        }
        scores = means(labelled, answers).items()
        shown = (f"{kind or 'all'} {one.recall1:.2f}/{one.ndcg10:.3f}" for kind, (_, one) in scores)
        print(f"{choice}  {'  '.join(shown)}")
