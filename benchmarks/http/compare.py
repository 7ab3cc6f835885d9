"""Ceilings: every contender in turn, interleaved over the rounds."""

import argparse
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from benchmarks import processor
from benchmarks.http import goals, pythons, report
from benchmarks.http.contenders import Contender, Field, postgres
from benchmarks.http.dataset import TEXTS
from benchmarks.http.goals import BEFORE, BEFORE_SQLITE, SQLITE
from benchmarks.http.importing import IMPORTS
from benchmarks.http.load import Outcome
from benchmarks.http.peers import basic_memory, bolt
from benchmarks.http.scenarios import HOT, LIST, SCENARIOS, Scenario
from testing.servers.hub import ROOT

LOADS = [*SCENARIOS, IMPORTS]
# Seconds after writes.
RESTS_WITHIN = 300.0


def arguments_of_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument(
        "--texts", choices=sorted(TEXTS), default="real", help="what the memories are of"
    )
    parser.add_argument(
        "--public-every",
        type=int,
        default=5,
        metavar="N",
        help="one memory of so many is public, and seen by a guest (5)",
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[16, 32])
    parser.add_argument("--sqlite", action="store_true", help="also a hub on SQLite")
    parser.add_argument("--redis", metavar="URL", help="also a hub with generations in Redis")
    parser.add_argument(
        "--alone",
        action="store_true",
        help="hubs of one worker, and the ones before, without peers",
    )
    for peer in (basic_memory, bolt):
        parser.add_argument(
            f"--{peer.OPTION}", metavar="PYTHON", nargs="?", const="", help=peer.HELP
        )
    parser.add_argument(
        "--before", metavar="CHECKOUT", type=Path, help="also the hub of another checkout"
    )
    parser.add_argument("--only", nargs="+", help="names of loads")
    parser.add_argument("--write", metavar="NAME", help="docs/benchmarks/NAME.md and .svg")


def compare(options: argparse.Namespace) -> None:
    texts = TEXTS[options.texts]
    # First of all: what is missing shall not come to light when everything else is there.
    peers = {} if options.alone else pythons_of(options)
    with (
        # What it cleans up after one would count as another's.
        postgres("autovacuum=off") as server,
        Field(server, options.memories, texts, options.public_every) as field,
    ):
        on, off = hubs(field, options)
        if not options.alone:
            add_peers(field, options, peers, on, off)
        ran = {count: run(options, count, on, off) for count in numbers(options)}
        results = {count: found for count, found in ran.items() if found}
        text = summary(options, results, on, off)
        print(text)
        if options.write:
            *_, plotted = results.values()
            print(f"Written: {report.write(options.write, text, plotted)}")


def hubs(
    field: Field, options: argparse.Namespace
) -> tuple[dict[str, Contender], dict[str, Contender]]:
    """Those with caches on, and those with them off."""
    kinds: dict[str, dict[str, Any]] = {"hub": {}}
    if not options.alone:
        kinds["hub, 2 workers"] = {"workers": 2}
    if options.sqlite:
        kinds[SQLITE] = {"sqlite": True}
    if options.before:
        kinds[BEFORE] = {"root": options.before.resolve()}
    if options.before and options.sqlite:
        kinds[BEFORE_SQLITE] = kinds[BEFORE] | kinds[SQLITE]
    field.fill([(how.get("root", ROOT), how.get("sqlite", False)) for how in kinds.values()])
    # Whoever has nothing to do still looks after itself.
    asked = {load.cached for load in chosen(options)}
    on, off = (
        {
            name: field.hub(f"{name}{told}", cache=cache, **({"workers": 1} | how))
            for name, how in kinds.items()
            if cache in asked
        }
        for cache, told in ((True, ""), (False, ", uncached"))
    )
    if options.redis and on:
        on["hub, Redis"] = field.hub("hub, Redis", workers=1, cache=True, redis=options.redis)
    return on, off


def pythons_of(options: argparse.Namespace) -> dict[str, str]:
    """Of the peers that are asked for and need one of their own, by their names."""
    asked = {bolt: options.bolt, basic_memory: options.basic_memory}
    return {
        peer.NAME: python or pythons.newer_python(peer.OPTION, peer.REQUIREMENTS)
        for peer, python in asked.items()
        if python is not None
    }


def add_peers(
    field: Field,
    options: argparse.Namespace,
    peers: dict[str, str],
    on: dict[str, Contender],
    off: dict[str, Contender],
) -> None:
    if on:
        on["FastAPI"] = field.peer("FastAPI cached", workers=1, cache=True)
        on["bare"] = field.bare("bare", answers_of(on["hub"]))
    if not off:
        return
    off["FastAPI"] = field.peer("FastAPI", workers=1, cache=False)
    granian = {"workers": 1, "cache": False, "server": "granian"}
    off["FastAPI, granian"] = field.peer("FastAPI, granian", **granian)
    if bolt.NAME in peers:
        off[bolt.NAME] = field.bolt(bolt.NAME, peers[bolt.NAME])
        able = [one for one in SCENARIOS if one.name in bolt.CALLS]
        off[bolt.NAME].calls = {one.name: partial(one.make, off[bolt.NAME]) for one in able}
    if basic_memory.NAME in peers:
        python = peers[basic_memory.NAME]
        off[basic_memory.NAME] = basic_memory.start(field, python, options.memories)


def numbers(options: argparse.Namespace) -> list[int]:
    """Of connections, those that a load is put on with anyway among them."""
    also = {count for load in chosen(options) for count in load.also}
    return sorted(also - set(options.connections)) + options.connections


def chosen(options: argparse.Namespace) -> list[Scenario]:
    return [load for load in LOADS if not options.only or load.name in options.only]


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
    is_usual = connections in options.connections
    loads = [
        load for load in chosen(options) if connections in load.also or (load.usual and is_usual)
    ]
    # All that reads comes first: who saves more would have more to search in the next round.
    for part in ([s for s in loads if not s.writes], [s for s in loads if s.writes]):
        for number in range(options.rounds):
            for scenario in part:
                field = list((on if scenario.cached else off).items())
                # Each round begins with another contender: none is always the first after a pause.
                turn = number % len(field)
                for name, contender in field[turn:] + field[:turn]:
                    outcome = measure(options, connections, scenario, name, contender)
                    if outcome is not None:
                        results.setdefault(scenario.name, {}).setdefault(name, []).append(outcome)
    return {load.name: results[load.name] for load in loads}


def measure(
    options: argparse.Namespace,
    connections: int,
    scenario: Scenario,
    name: str,
    contender: Contender,
) -> Outcome | None:
    """One load on one contender; None where that is not asked for such."""
    load = scenario.load(contender)
    if load is None:
        return None
    database = [contender.database] if contender.database else []
    load(seconds=min(1.0, options.seconds), connections=connections)  # to warm up
    if scenario.writes:
        processor.wait_for_rest([*contender.processes, *database], RESTS_WITHIN)
    before = processor.seconds_of(contender.processes), processor.seconds_of(database)
    outcome = load(seconds=options.seconds, connections=connections)
    if scenario.writes:
        # What it answered before doing, such as folding its index, is of these answers as well.
        processor.wait_for_rest([*contender.processes, *database], RESTS_WITHIN)
    outcome.worker += processor.seconds_of(contender.processes) - before[0]
    outcome.database = processor.seconds_of(database) - before[1]
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
        f" Closed loop, {options.rounds} interleaved rounds of {options.seconds:g} s, medians"
        " (lowest..highest); the load"
        " generator shares the processors. Processor: microseconds of the server and of PostgreSQL"
        " for an answer, by the kernel."
    )
    everybody = on | off
    lines[-1] += f" Load average afterwards: {os.getloadavg()[1]:.1f} over five minutes."
    lines += ["", *(f"- {name}: {one.version}" for name, one in everybody.items() if one.version)]
    lines += ["", "## Goals", "", *goals.goals_table(results, options.memories)]
    for connections, found in results.items():
        lines += ["", f"## Connections: {connections}", "", report.table(found), ""]
        lines += goals.pairs_table(found)
    sizes = (bytes_of_a_list(everybody["hub"], encoding) for encoding in ("identity", "gzip"))
    plain, gzipped = sizes
    lines += [
        "",
        f"A list of 100 has {plain:,} bytes, gzipped {gzipped:,} ({gzipped / plain:.2f}).",
    ]
    servers = {f"{n} (cached)": c for n, c in on.items()} | off
    lines += ["", "Resident memory of the largest worker after the run, in MB:"]
    lines.append(json.dumps({n: round(c.resident_mb()) for n, c in servers.items() if "hub" in n}))
    return "\n".join(lines) + "\n"
