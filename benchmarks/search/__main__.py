"""Search: scores on labelled sets over HTTP, latencies, size and speed of the index.

script/bench search                                the project's own sets, on SQLite
script/bench search DIRECTORY --database postgresql
script/bench search --speed 10000 100000           latencies with 1 and 8 clients
script/bench search --costs                        the costliest queries beside a plain one
"""

import argparse
from pathlib import Path

from benchmarks.search.costs import measure_costs
from benchmarks.search.hub import Hub, running_hub
from benchmarks.search.scoring import OWN_SETS, LabelledSet, means, read_sets
from benchmarks.search.speed import measure_speed

COLUMNS = "R@1   R@5   R@10  nDCG@10 MRR@10"


def main() -> None:
    options = parse()
    if options.costs:
        measure_costs(options.database, options.workers)
        return
    if options.speed:
        for size in options.speed:
            measure_speed(options.database, size, options.workers)
        return
    print(f"{'set / kind of query':32}{'queries':>8}  {COLUMNS}   ({options.database})")
    for directory in options.directories or [OWN_SETS]:
        with running_hub(options.database, options.workers) as hub:
            for labelled in load(hub, read_sets(directory)):
                show(*labelled)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench search",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("directories", nargs="*", type=Path, help="with NAME.memories.jsonl …")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--speed", nargs="+", type=int, metavar="N", help="numbers of memories")
    parser.add_argument("--costs", action="store_true", help="the costliest queries")
    parser.add_argument("--workers", type=int, default=2, help="processes of the hub")
    return parser.parse_args()


def load(hub: Hub, sets: list[LabelledSet]) -> list[tuple[LabelledSet, dict[str, list[str]]]]:
    """Save all sets side by side, a group as a category, and ask every query within its group."""
    memories = [(memory, f"{one.name}") for one in sets for memory in one.memories]
    groups = {(name, memory["group"]) for memory, name in memories}
    categories = {key: f"group {number}" for number, key in enumerate(sorted(groups))}
    doc_ids = hub.fill(
        {"content": memory["text"], "category": categories[name, memory["group"]]}
        for memory, name in memories
    )
    ids = {doc_id: memory["id"] for doc_id, (memory, _) in zip(doc_ids, memories, strict=True)}
    answers = []
    for one in sets:
        ranked = {}
        for query in one.queries:
            category = categories[one.name, query["group"]]
            found = hub.search(hub.client, query=query["text"], category=category, limit=10)
            ranked[query["id"]] = [ids[doc_id] for doc_id in found]
        answers.append((one, ranked))
    return answers


def show(labelled: LabelledSet, answers: dict[str, list[str]]) -> None:
    for kind, (count, score) in means(labelled, answers).items():
        name = f"{labelled.name} / {kind}" if kind else labelled.name
        print(f"{name:32}{count:8}  " + " ".join(f"{value:.3f}" for value in score))


if __name__ == "__main__":
    main()
