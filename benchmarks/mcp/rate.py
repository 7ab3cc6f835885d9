"""Calls a second beside other servers of the protocol, one process each, in turns."""

import statistics
from collections import defaultdict

from benchmarks.http.contenders import Contender
from benchmarks.http.load import Requests, closed

CONNECTIONS = 8
Contenders = dict[str, tuple[Contender, dict[str, Requests]]]


def measure(contenders: Contenders, seconds: float, rounds: int) -> dict[tuple[str, str], float]:
    """Calls a second by tool and contender, medians over the rounds."""
    rates: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(rounds):
        order = list(contenders.items())
        for name, (server, calls) in order if number % 2 else reversed(order):
            for tool, requests in calls.items():
                outcome = closed(server.port, requests, seconds=seconds, connections=CONNECTIONS)
                if set(outcome.statuses) != {200}:
                    raise RuntimeError(f"{name}, {tool}: {outcome.statuses}")
                rates[tool, name].append(outcome.rate)
    return {key: statistics.median(values) for key, values in rates.items()}
