"""The labelled sets beside this file, loaded into a hub and asked over HTTP."""

from collections.abc import Mapping
from typing import Any

from benchmarks.search.scoring import OWN_SETS, LabelledSet, read_sets
from memory_hub.accounts.principal import principal_of
from superthread.services.save import save_all
from superthread.store_terms import Draft

SETS = {labelled.name: labelled for labelled in read_sets(OWN_SETS)}


def load(client: Any, sets: Mapping[str, LabelledSet] = SETS) -> dict[str, str]:
    """Saves all memories as the client's; returns set ids by doc_id."""
    drafts = [Draft(**draft) for labelled in sets.values() for draft in labelled.drafts()]
    names = [memory["id"] for labelled in sets.values() for memory in labelled.memories]
    saved = save_all(drafts, by=principal_of(client.user, "command"))
    return {str(row["doc_id"]): name for row, name in zip(saved, names, strict=True)}


def ask(
    client: Any, ids: dict[str, str], sets: Mapping[str, LabelledSet] = SETS
) -> dict[str, list[str]]:
    """The set ids of the first ten results for every query of all sets."""
    answers = {}
    for labelled in sets.values():
        for query in labelled.queries:
            answer = client.post("/superthread/search", json=labelled.asked(query))
            assert answer.status_code == 200, answer.text
            answers[query["id"]] = [ids[found["doc_id"]] for found in answer.json()["results"]]
    return answers
