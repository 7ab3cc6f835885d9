"""The results as a table and a plot in docs/benchmarks/."""

import json
import os
import platform
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.http.pythons import peer_python
from testing.servers.hub import ROOT

DIRECTORY = ROOT / "docs" / "benchmarks"
# Load → contender → an outcome per round.
Results = dict[str, dict[str, list[Any]]]


def table(results: Results) -> str:
    """A Markdown table: medians over the rounds of answers per second and of percentiles."""
    lines = [
        "| load | contender | answers/s | p50 ms | p95 ms | p99 ms | not 2xx | processor |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for scenario, by_contender in results.items():
        for name, outcomes in by_contender.items():
            cells = [f"{median(o.rate for o in outcomes):,.0f}"]
            cells += [
                f"{median(o.percentile(percent) for o in outcomes):.2f}" for percent in (50, 95, 99)
            ]
            cells.append(str(sum(bad(o) for o in outcomes)))
            both = zip(*(o.processor for o in outcomes), strict=True)
            cells.append(" + ".join(f"{median(part):,.0f}" for part in both))
            lines.append(f"| {scenario} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def bad(outcome: Any) -> int:
    """Answers that were not a success."""
    return sum(n for status, n in outcome.statuses.items() if status >= 300) + outcome.failures


def machine() -> str:
    return f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"


def plot(results: Results, path: Path) -> None:
    """Bars of answers per second, drawn in the contenders' environment, which has matplotlib."""
    rates = {
        scenario: {name: median(o.rate for o in outcomes) for name, outcomes in ran.items()}
        for scenario, ran in results.items()
    }
    command = [peer_python(), "-m", "benchmarks.http.plot", str(path)]
    subprocess.run(command, input=json.dumps(rates), text=True, check=True, cwd=ROOT)


def write(name: str, text: str, results: Results) -> Path:
    """Writes NAME.md and NAME.svg; returns the path of the text."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    plot(results, DIRECTORY / f"{name}.svg")
    path = DIRECTORY / f"{name}.md"
    path.write_text(text)
    return path
