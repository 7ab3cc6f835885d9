"""The labelled sets beside this file, loaded into a hub and asked over HTTP."""

import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from memory_hub.accounts.principal import principal_of
from superthread.services.save import Draft, save_all

SETS = Path(__file__).parent / "sets"
NAMES = ("probe", "devbench")


class Score(NamedTuple):
    """Of one query: shares of the relevant memories in the first 1, 5 and 10, and nDCG@10."""

    recall1: float
    recall5: float
    recall10: float
    ndcg10: float


def read(name: str, kind: str) -> list[dict[str, Any]]:
    """The lines of ``name.kind.jsonl``."""
    text = (SETS / f"{name}.{kind}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def load(client: Any) -> dict[str, str]:
    """Saves all memories as the client's, a group as a category; returns set id by doc_id."""
    memories = [memory for name in NAMES for memory in read(name, "memories")]
    drafts = [Draft(memory["text"], category=memory["group"]) for memory in memories]
    saved = save_all(drafts, by=principal_of(client.user, "command"))
    return {str(row["doc_id"]): one["id"] for row, one in zip(saved, memories, strict=True)}


def ask(client: Any, ids: dict[str, str]) -> dict[str, list[str]]:
    """The ids of the first ten results for every query of all sets."""
    answers = {}
    for name in NAMES:
        for query in read(name, "queries"):
            body = {"query": query["text"], "category": query["group"], "limit": 10}
            answer = client.post("/superthread/search", json=body)
            assert answer.status_code == 200, answer.text
            answers[query["id"]] = [ids[found["doc_id"]] for found in answer.json()["results"]]
    return answers


def score(gold: list[str], ranked: list[str]) -> Score:
    """How well ``ranked`` puts ``gold`` first."""
    relevant = set(gold)
    recalls = (len(relevant & set(ranked[:size])) / len(relevant) for size in (1, 5, 10))
    gain = sum(1 / math.log2(at + 2) for at, one in enumerate(ranked[:10]) if one in relevant)
    best = sum(1 / math.log2(at + 2) for at in range(min(10, len(relevant))))
    return Score(*recalls, gain / best)


def means(name: str, answers: dict[str, list[str]]) -> dict[str, Score]:
    """Mean scores of a set by kind of query; all of them under ""."""
    scores = defaultdict(list)
    for query in read(name, "queries"):
        one = score(query["gold"], answers[query["id"]])
        scores[""].append(one)
        scores[query["kind"]].append(one)
    return {
        kind: Score(*(sum(column) / len(column) for column in zip(*found, strict=True)))
        for kind, found in scores.items()
    }
