"""What the costliest searches cost beside a plain one, in a hub where others have saved much.

Another user has planted words beside those of the caller, and pages of common words. Each kind of
query is asked in turn with the plain one, so that a loaded machine slows both.
"""

import random
import statistics
import time
from collections.abc import Iterator

from benchmarks.search import corpus
from benchmarks.search.hub import Hub, running_hub

MEMORIES, PLANTED, PLANTED_EACH = 10_000, 60_000, 200
ROUNDS = 25
_COMMON = "value error function returns object list string number file name class method"
_STOP = "the of and to a in is it be or not with for"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def measure_costs(database: str, workers: int) -> None:
    """Print p50 and p95 in milliseconds and the p50 as a multiple of the plain search's."""
    texts = list(corpus.memories(MEMORIES))
    with running_hub(database, workers) as hub:
        hub.fill({"content": text, "category": "bench"} for text in texts)
        attacker = Hub(hub.server, "attacker@example.com")
        attacker.fill({"content": text, "category": "bench"} for text in planted())
        print(f"\n{database}: {MEMORIES:,} memories beside {PLANTED:,} words of another user")
        print(f"{'query':28}{'p50 ms':>9}{'p95 ms':>9}{'times':>8}")
        for kind, asked in queries(texts).items():
            plain, costly = measured(hub, asked)
            p50, p95 = statistics.median(costly), sorted(costly)[int(len(costly) * 0.95)]
            times = p50 / statistics.median(plain)
            print(f"{kind:28}{p50:9.1f}{p95:9.1f}{times:8.2f}")
        attacker.client.close()


def measured(hub: Hub, asked: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of plain searches and of these, each asked right after the other."""
    plain, costly = [], []
    for text, query in zip(plain_queries(), asked, strict=False):
        plain.append(_took(hub, text))
        costly.append(_took(hub, query))
    return plain, costly


def _took(hub: Hub, query: str) -> float:
    started = time.perf_counter()
    hub.search(hub.client, query=query)
    return (time.perf_counter() - started) * 1_000


def planted() -> Iterator[str]:
    """Memories of words that nobody else has, many of them a slip away from each other."""
    draw = random.Random(5)
    words = [
        draw.choice(("ze", "qu", "ka", "tr", "in")) + "".join(draw.choices(LETTERS, k=7))
        for _ in range(PLANTED)
    ]
    for start in range(0, PLANTED, PLANTED_EACH):
        yield " ".join(words[start : start + PLANTED_EACH])
    for number in range(3_000):
        yield f"{_COMMON} {number}"


def plain_queries() -> list[str]:
    """Three words of ordinary text each."""
    draw = random.Random(3)
    words = "socket timeout decimal context archive member thread queue calendar week parser option"
    return [" ".join(draw.sample(words.split(), 3)) for _ in range(ROUNDS)]


def queries(texts: list[str]) -> dict[str, list[str]]:
    """Kinds of costly queries, `ROUNDS` of each."""
    draw = random.Random(9)

    def unknown() -> str:
        return draw.choice(("ze", "qu", "ka", "tr", "in")) + "".join(draw.choices(LETTERS, k=7))

    common = _COMMON.split()
    rounds = range(ROUNDS)
    return {
        "plain": plain_queries(),
        "15 unknown words": [" ".join(unknown() for _ in range(15)) for _ in rounds],
        "common words": [" ".join(draw.sample(common, 10)) for _ in rounds],
        "a phrase of common words": [f'"{" ".join(draw.sample(common, 3))}"' for _ in rounds],
        "a phrase of stop words": [f'"{" ".join(draw.sample(_STOP.split(), 3))}"' for _ in rounds],
        "beginnings": ["tra* int* con* " for _ in rounds],
        "an excluded phrase": [f'{draw.choice(common)} -"nobody wrote this"' for _ in rounds],
        "16 KB of text": [" ".join(draw.sample(texts, 60))[:16_000] for _ in rounds],
    }
