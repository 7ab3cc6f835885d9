"""Batches: 1 000 memories saved one by one and in one batch, in the same run.

script/bench batch
script/bench batch --database postgresql --memories 1000 --repeat 3
"""

import argparse
import statistics
import time

from benchmarks.hubs import DATABASES, running_hub
from testing.consistency.races import MEMORIES, Caller

WORDS = [
    "deploy",
    "Tuesday",
    "stand-up",
    "retro",
    "budget",
    "launch",
    "회의",
    "결정",
    "서버",
    "배포",
]


def content(number: int) -> str:
    """About 200 bytes, a few words of which are new."""
    words = [WORDS[(number * step) % len(WORDS)] for step in range(1, 20)]
    return f"Note {number}: {' '.join(words)}."


def main() -> None:
    options = parse()
    drafts = [{"content": content(number)} for number in range(options.memories)]
    with running_hub(options.database, options.workers) as caller:
        # A batch and a single one first: nothing is compiled or connected for the first time.
        save_batch(caller, drafts[:10])
        alone = [save_alone(caller, drafts) for _ in range(options.repeat)]
        batch = [save_batch(caller, drafts) for _ in range(options.repeat)]
    one_by_one, at_once = statistics.median(alone), statistics.median(batch)
    print(f"{options.memories} memories on {options.database}, median of {options.repeat}:")
    print(f"one by one  {one_by_one:8.2f} s   {options.memories / one_by_one:8.0f} a second")
    print(f"one batch   {at_once:8.2f} s   {options.memories / at_once:8.0f} a second")
    print(f"the batch is {one_by_one / at_once:.1f} times as fast")


def save_alone(caller: Caller, drafts: list[dict[str, str]]) -> float:
    """Seconds for one POST each, one after the other."""
    began = time.monotonic()
    for draft in drafts:
        caller.http.post(MEMORIES, json=draft).raise_for_status()
    return time.monotonic() - began


def save_batch(caller: Caller, drafts: list[dict[str, str]]) -> float:
    """Seconds for all of them in one POST."""
    began = time.monotonic()
    answer = caller.http.post("/superthread/batch/save", json={"memories": drafts})
    seconds = time.monotonic() - began
    if answer.json()["saved_count"] != len(drafts):
        raise RuntimeError(f"Not all were saved: {answer.text[:500]}")
    return seconds


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench batch",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--workers", type=int, default=2, help="processes of the hub (2)")
    parser.add_argument("--memories", type=int, default=1000, help="up to 1000 (1000)")
    parser.add_argument("--repeat", type=int, default=1, help="times each way (1)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
