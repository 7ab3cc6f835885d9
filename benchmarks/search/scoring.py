"""How well ranked answers fit labelled sets of queries.

A set is two files in one directory: `NAME.memories.jsonl` with {id, text, group} a line and
`NAME.queries.jsonl` with {id, text, group, gold[, kind]}; `gold` are the ids of all memories that
answer the query, which is asked within its group. Memories may have `metadata` and a `category`
of their own; a set of such is one group.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

_TESTS = Path(__file__).parents[2] / "superthread/tests/search"
OWN_SETS, LABELS = _TESTS / "sets", _TESTS / "labels"


class Score(NamedTuple):
    """Of one query or the mean of many; each from 0 to 1.

    Recall: the share of the right memories among the first 1, 5 and 10. nDCG: the same with more
    for the first places. MRR: one by the place of the first right one.
    """

    recall1: float
    recall5: float
    recall10: float
    ndcg10: float
    mrr10: float


class LabelledSet(NamedTuple):
    name: str
    memories: list[dict[str, Any]]
    queries: list[dict[str, Any]]

    def drafts(self) -> list[dict[str, Any]]:
        """What to save, in the order of the memories: a group is a category."""
        usual = "default" if self._has_categories else None
        return [
            {
                "content": memory["text"],
                "category": memory.get("category") or usual or memory["group"],
                "metadata": memory.get("metadata", {}),
            }
            for memory in self.memories
        ]

    def asked(self, query: dict[str, Any]) -> dict[str, Any]:
        """The body of the search for one of the queries."""
        within = {} if self._has_categories else {"category": query["group"]}
        return {"query": query["text"], "limit": 10, **within}

    @property
    def _has_categories(self) -> bool:
        return any("category" in memory for memory in self.memories)


def read_sets(directory: Path) -> list[LabelledSet]:
    """All sets of a directory, by name. Raises FileNotFoundError where there is none."""
    found = [
        LabelledSet(
            name := path.name.removesuffix(".memories.jsonl"),
            _rows(path),
            _rows(path.with_name(f"{name}.queries.jsonl")),
        )
        for path in sorted(directory.glob("*.memories.jsonl"))
    ]
    if not found:
        raise FileNotFoundError(f"There is no *.memories.jsonl in {directory}.")
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def score(gold: Iterable[str], ranked: list[str]) -> Score:
    """How well `ranked`, best first, puts `gold` first."""
    right = set(gold)
    recalls = (len(right & set(ranked[:size])) / len(right) for size in (1, 5, 10))
    gain = sum(1 / math.log2(at + 2) for at, one in enumerate(ranked[:10]) if one in right)
    best = sum(1 / math.log2(at + 2) for at in range(min(10, len(right))))
    first = next((1 / (at + 1) for at, one in enumerate(ranked[:10]) if one in right), 0.0)
    return Score(*recalls, gain / best, first)


def means(labelled: LabelledSet, answers: Mapping[str, list[str]]) -> dict[str, tuple[int, Score]]:
    """Number of queries and mean score by kind of query; of all under ""."""
    scores: defaultdict[str, list[Score]] = defaultdict(list)
    for query in labelled.queries:
        one = score(query["gold"], answers.get(query["id"], []))
        scores[""].append(one)
        if query.get("kind"):
            scores[query["kind"]].append(one)
    return {
        kind: (
            len(found),
            Score(*(sum(column) / len(found) for column in zip(*found, strict=True))),
        )
        for kind, found in scores.items()
    }
