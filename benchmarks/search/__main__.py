"""Search: scores on labelled sets over HTTP, latencies, size and speed of the index.

script/bench search                                the project's own sets, on SQLite
script/bench search DIRECTORY --database postgresql
script/bench search --speed 10000 100000           latencies with 1 and 8 clients
script/bench search --costs                        the costliest queries beside a plain one
script/bench search --pictures                     notes with a large picture beside others
script/bench search --weights                      what titles, tags and the like count for
"""

import argparse
from pathlib import Path

from benchmarks.search.costs import measure_costs
from benchmarks.search.hub import Hub, running_hub
from benchmarks.search.pictures import measure_pictures
from benchmarks.search.scoring import OWN_SETS, LabelledSet, means, read_sets
from benchmarks.search.speed import measure_speed
from benchmarks.search.weights import measure_weights

COLUMNS = "R@1   R@5   R@10  nDCG@10 MRR@10"


def main() -> None:
    options = parse()
    if options.costs:
        measure_costs(options.database, options.workers)
        return
    if options.pictures:
        measure_pictures(options.database)
        return
    if options.weights:
        measure_weights(options.database)
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
    parser.add_argument("--pictures", action="store_true", help="notes with a large picture")
    parser.add_argument("--weights", action="store_true", help="of titles, tags and the like")
    parser.add_argument("--workers", type=int, default=2, help="processes of the hub")
    return parser.parse_args()


def load(hub: Hub, sets: list[LabelledSet]) -> list[tuple[LabelledSet, dict[str, list[str]]]]:
    """Save all sets side by side and ask every query."""
    doc_ids = hub.fill(draft for one in sets for draft in one.drafts())
    names = (memory["id"] for one in sets for memory in one.memories)
    ids = dict(zip(doc_ids, names, strict=True))
    answers = []
    for one in sets:
        ranked = {}
        for query in one.queries:
            found = hub.search(hub.client, **one.asked(query))
            ranked[query["id"]] = [ids[doc_id] for doc_id in found]
        answers.append((one, ranked))
    return answers


def show(labelled: LabelledSet, answers: dict[str, list[str]]) -> None:
    for kind, (count, score) in means(labelled, answers).items():
        name = f"{labelled.name} / {kind}" if kind else labelled.name
        print(f"{name:32}{count:8}  " + " ".join(f"{value:.3f}" for value in score))


if __name__ == "__main__":
    main()
