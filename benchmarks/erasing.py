"""What overwriting deleted texts with zeros (secure_delete) costs writers on SQLite.

script/bench erasing
script/bench erasing --rounds 60

One hub's services in this process; rounds with and without it take turns on one connection, among
as many memories as told. Ratios are of the medians; the range is that of the middle half of the
rounds.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from benchmarks.held import set_up

# Writes of a kind in a round.
EACH = 20


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--memories", type=int, default=3_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        set_up("sqlite", directory)
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Prints, for each kind of write, the time with and without it and their ratio."""
    from django.db import connection

    by, number = _owner(), 0
    saved = [_save(by, n) for n in range(options.memories)]
    seconds: dict[str, dict[str, list[float]]] = {}
    for place in range(options.rounds):
        for setting in ("ON", "OFF") if place % 2 else ("OFF", "ON"):
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA secure_delete={setting}")
            number += 1
            for kind, write in _kinds(by, number, saved).items():
                began = time.perf_counter()
                for _ in range(EACH):
                    write()
                taken = (time.perf_counter() - began) / EACH
                seconds.setdefault(kind, {"ON": [], "OFF": []})[setting].append(taken)
    for kind, both in seconds.items():
        on, off = (statistics.median(both[setting]) for setting in ("ON", "OFF"))
        pairs = sorted(a / b for a, b in zip(both["ON"], both["OFF"], strict=True))
        low, high = pairs[len(pairs) // 4], pairs[len(pairs) * 3 // 4]
        print(
            f"{kind:8} {off * 1000:6.2f} ms without, {on * 1000:6.2f} ms with: "
            f"{on / off:.2f} ({low:.2f} to {high:.2f})"
        )


def _owner() -> Any:
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user
    from memory_hub.core.identity import OPERATOR

    return principal_of(ensure_user("bench@example.com", by=OPERATOR), "command")


def _kinds(by: Any, number: int, saved: list[str]) -> dict[str, Callable[[], None]]:
    from superthread.services import lifecycle, revise

    texts = count(number * EACH)

    def save() -> None:
        saved.append(_save(by, number))

    def change() -> None:
        revise.revise(
            doc_id=saved[-1 - number % EACH], changes={"content": _text(next(texts))}, by=by
        )

    def purge() -> None:
        lifecycle.purge(doc_id=saved.pop(), by=by)

    return {"save": save, "change": change, "purge": purge}


def _save(by: Any, number: int) -> str:
    from superthread.services import save
    from superthread.store_terms import Draft

    row = save.save(Draft(content=_text(number), category="default", metadata={}), by=by)
    return str(row["doc_id"])


def _text(number: int) -> str:
    return " ".join(f"word{(number * 7 + place * place) % 5_000}" for place in range(120))


if __name__ == "__main__":
    main()
