"""Ceilings: every contender in turn, interleaved over the rounds."""

import argparse
import json
from functools import partial
from pathlib import Path

import httpx

from benchmarks import processor
from benchmarks.http import basic_memory, bolt, report
from benchmarks.http.contenders import Contender, Field, postgres
from benchmarks.http.dataset import TEXTS
from benchmarks.http.load import Outcome, closed
from benchmarks.http.scenarios import HOT, LIST, SCENARIOS, Scenario

BEFORE = "hub before"
PEER_CALLS = ("detail", "list of 20", "search", "save", "batch of 20")
GOALS = [
    *((scenario.name, "hub", BEFORE, 0.97) for scenario in SCENARIOS),
    ("detail, cached", "hub", "bare", 0.6),
    ("detail, cached", "hub", "FastAPI", 2.5),
    ("list of 20, cached", "hub", "FastAPI", 2.5),
    ("detail", "hub", "FastAPI", 10),
    ("list of 20", "hub", "FastAPI", 5),
    ("lists of 11 to 30", "hub", "FastAPI", 5),
    ("search", "hub", "FastAPI", 3),
    ("save", "hub", "FastAPI", 2.5),
    ("batch of 20", "hub", "FastAPI", "none"),
    *((call, "hub", "FastAPI, granian", "none") for call in PEER_CALLS),
    *((call, "hub", bolt.NAME, "none") for call in bolt.CALLS),
    ("detail, cached", "hub, 2 workers", "hub", 1.6),
    ("detail", "hub, 2 workers", "hub", 1.6),
    *((call, "hub", basic_memory.NAME, "none") for call in basic_memory.CALLS),
]


def arguments_of_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument(
        "--texts", choices=sorted(TEXTS), default="real", help="what the memories are of"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[16, 32])
    parser.add_argument("--sqlite", action="store_true", help="also a hub on SQLite")
    parser.add_argument("--redis", metavar="URL", help="also a hub with generations in Redis")
    parser.add_argument("--basic-memory", metavar="PYTHON", help=basic_memory.HELP)
    parser.add_argument("--bolt", metavar="PYTHON", help=bolt.HELP)
    parser.add_argument(
        "--before", metavar="CHECKOUT", type=Path, help="also the hub of another checkout"
    )
    parser.add_argument("--only", nargs="+", help="names of loads")
    parser.add_argument("--write", metavar="NAME", help="docs/benchmarks/NAME.md and .svg")


def compare(options: argparse.Namespace) -> None:
    with postgres() as server, Field(server, options.memories, TEXTS[options.texts]) as field:
        on = {"hub": field.hub("hub", workers=1, cache=True)}
        on["hub, 2 workers"] = field.hub("hub, 2 workers", workers=2, cache=True)
        off = {"hub": field.hub("hub uncached", workers=1, cache=False)}
        off["hub, 2 workers"] = field.hub("hub uncached, 2 workers", workers=2, cache=False)
        if options.sqlite:
            on["hub, SQLite"] = field.hub("hub, SQLite", workers=1, cache=True, sqlite=True)
            off["hub, SQLite"] = field.hub(
                "hub uncached, SQLite", workers=1, cache=False, sqlite=True
            )
        if options.redis:
            on["hub, Redis"] = field.hub("hub, Redis", workers=1, cache=True, redis=options.redis)
        if options.before:
            before = {"workers": 1, "root": options.before.resolve()}
            on[BEFORE] = field.hub("hub before", cache=True, **before)
            off[BEFORE] = field.hub("hub before, uncached", cache=False, **before)
        on["FastAPI"] = field.peer("FastAPI cached", workers=1, cache=True)
        off["FastAPI"] = field.peer("FastAPI", workers=1, cache=False)
        granian = {"workers": 1, "cache": False, "server": "granian"}
        off["FastAPI, granian"] = field.peer("FastAPI, granian", **granian)
        if options.bolt:
            off[bolt.NAME] = field.bolt(bolt.NAME, options.bolt)
            able = [one for one in SCENARIOS if one.name in bolt.CALLS]
            off[bolt.NAME].calls = {one.name: partial(one.make, off[bolt.NAME]) for one in able}
        on["bare"] = off["bare"] = field.bare("bare", answers_of(on["hub"]))
        if options.basic_memory:
            off[basic_memory.NAME] = basic_memory.start(
                field, options.basic_memory, options.memories
            )
        results = {count: run(options, count, on, off) for count in options.connections}
        text = summary(options, results, on, off)
        print(text)
        if options.write:
            plotted = results[options.connections[-1]]
            print(f"Written: {report.write(options.write, text, plotted)}")


def answers_of(hub: Contender) -> dict[str, str]:
    """What the hub answers to the cached loads, for the bare application to repeat."""
    paths = [f"/superthread/memories/{one}" for one in hub.doc_ids[:HOT]] + [LIST]
    headers = {"Authorization": f"Bearer {hub.token}", "Accept-Encoding": "identity"}
    with httpx.Client(base_url=f"http://127.0.0.1:{hub.port}", headers=headers) as client:
        return {path: client.get(path).text for path in paths}


def bytes_of_a_list(hub: Contender, encoding: str) -> int:
    """Bytes on the wire of 100 memories."""
    url = f"http://127.0.0.1:{hub.port}/superthread/memories?scope=all&limit=100"
    headers = {"Authorization": f"Bearer {hub.token}", "Accept-Encoding": encoding}
    with httpx.stream("GET", url, headers=headers) as answer:
        return sum(len(part) for part in answer.iter_raw())


def run(
    options: argparse.Namespace,
    connections: int,
    on: dict[str, Contender],
    off: dict[str, Contender],
) -> report.Results:
    """All rounds with so many connections."""
    results: report.Results = {}
    chosen = [s for s in SCENARIOS if not options.only or s.name in options.only]
    # All that reads comes first: who saves more would have more to search in the next round.
    for part in ([s for s in chosen if not s.writes], [s for s in chosen if s.writes]):
        for number in range(options.rounds):
            for scenario in part:
                field = list((on if scenario.cached else off).items())
                # Each round begins with another contender: none is always the first after a pause.
                turn = number % len(field)
                for name, contender in field[turn:] + field[:turn]:
                    outcome = measure(options, connections, scenario, name, contender)
                    if outcome is not None:
                        results.setdefault(scenario.name, {}).setdefault(name, []).append(outcome)
    return {scenario.name: results[scenario.name] for scenario in chosen}


def measure(
    options: argparse.Namespace,
    connections: int,
    scenario: Scenario,
    name: str,
    contender: Contender,
) -> Outcome | None:
    """One load on one contender; None where that is not asked for such."""
    if name == "bare" and not scenario.cached:
        return None
    requests = scenario.requests(contender)
    if requests is None:
        return None
    load = {"connections": connections}
    closed(contender.port, requests, seconds=min(1.0, options.seconds), **load)  # to warm up
    database = [contender.database] if contender.database else []
    before = processor.seconds_of(contender.processes), processor.seconds_of(database)
    outcome = closed(contender.port, requests, seconds=options.seconds, **load)
    contender.settle()
    outcome.worker = processor.between(before[0], processor.seconds_of(contender.processes))
    outcome.database = processor.between(before[1], processor.seconds_of(database))
    told = f"{scenario.name:20} c{connections:<3} {name:16} {outcome.rate:10,.0f}/s"
    print(told + "{:8,.0f} + {:,.0f} µs".format(*outcome.processor), flush=True)
    return outcome


def summary(
    options: argparse.Namespace,
    results: dict[int, report.Results],
    on: dict[str, Contender],
    off: dict[str, Contender],
) -> str:
    memories = f"{options.memories:,} memories of {TEXTS[options.texts].name}"
    lines = ["# Ceilings over HTTP", "", f"{report.machine()}; {memories}."]
    lines[-1] += (
        f" Closed loop, {options.rounds} interleaved rounds of {options.seconds:g} s, medians; the"
        " load generator shares the processors. Processor: microseconds of the server and of"
        " PostgreSQL for an answer, by the kernel."
    )
    everybody = on | off
    lines += ["", *(f"- {name}: {one.version}" for name, one in everybody.items() if one.version)]
    for connections, found in results.items():
        lines += ["", f"## {connections} connections", "", report.table(found), ""]
        lines += report.ratios(found, GOALS)
    plain, gzipped = (bytes_of_a_list(on["hub"], encoding) for encoding in ("identity", "gzip"))
    lines += [
        "",
        f"A list of 100 has {plain:,} bytes, gzipped {gzipped:,} ({gzipped / plain:.2f}).",
    ]
    sizes = {f"{n} (cached)": c for n, c in on.items()} | off
    lines += ["", "Resident memory of the largest worker after the run, in MB:"]
    lines.append(json.dumps({n: round(c.resident_mb()) for n, c in sizes.items() if "hub" in n}))
    return "\n".join(lines) + "\n"
