"""The results as a table and a plot in docs/benchmarks/."""

import os
import platform
from pathlib import Path
from statistics import median
from typing import Any

from memory_hub.testing.server import ROOT

DIRECTORY = ROOT / "docs" / "benchmarks"
Results = dict[str, dict[str, list[Any]]]  # scenario → contender → an outcome per round


def table(results: Results) -> str:
    """A Markdown table: medians over the rounds of answers per second and of percentiles."""
    lines = [
        "| load | contender | answers/s | p50 ms | p95 ms | p99 ms | not 2xx |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for scenario, by_contender in results.items():
        for name, outcomes in by_contender.items():
            cells = [f"{median(o.rate for o in outcomes):,.0f}"]
            cells += [
                f"{median(o.percentile(percent) for o in outcomes):.2f}" for percent in (50, 95, 99)
            ]
            cells.append(str(sum(bad(o) for o in outcomes)))
            lines.append(f"| {scenario} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def bad(outcome: Any) -> int:
    """Answers that were not a success."""
    return sum(n for status, n in outcome.statuses.items() if status >= 300) + outcome.failures


def ratio(results: Results, scenario: str, one: str, other: str) -> float | None:
    """Median over the rounds of one contender's rate by the other's in the same round."""
    ran = results.get(scenario, {})
    if one not in ran or other not in ran:
        return None
    pairs = zip(ran[one], ran[other], strict=True)
    return median(a.rate / b.rate for a, b in pairs)


def machine() -> str:
    return f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"


def plot(results: Results, path: Path) -> None:
    """Bars of answers per second, by load and contender, on a logarithmic scale."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    names = list(dict.fromkeys(name for ran in results.values() for name in ran))
    figure, axes = pyplot.subplots(figsize=(10, 5))
    width = 0.8 / len(names)
    for place, name in enumerate(names):
        spots = [i for i, ran in enumerate(results.values()) if name in ran]
        heights = [median(o.rate for o in ran[name]) for ran in results.values() if name in ran]
        axes.bar([spot + place * width for spot in spots], heights, width, label=name)
    axes.set_yscale("log")
    axes.set_ylabel("answers per second")
    axes.set_xticks([i + 0.4 for i in range(len(results))], list(results), rotation=20, ha="right")
    axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(path)


def write(name: str, text: str, results: Results) -> Path:
    """Writes NAME.md and NAME.svg; returns the path of the text."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    plot(results, DIRECTORY / f"{name}.svg")
    path = DIRECTORY / f"{name}.md"
    path.write_text(text)
    return path
