"""Bars of answers per second: python -m benchmarks.http.plot PATH.svg < rates.json

The rates are {load: {contender: answers a second}}. Each load has axes of its own: what is quick
for one is slow for another.
"""

import json
import math
import sys
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot

COLUMNS = 2
# Inches: of a bar, of what stands around those of a load, and of all.
BAR, AROUND, WIDTH = 0.24, 0.75, 11


def main() -> None:
    rates: dict[str, dict[str, float]] = json.load(sys.stdin)
    names = list(dict.fromkeys(name for by_name in rates.values() for name in by_name))
    colours = dict(zip(names, pyplot.colormaps["tab20"].colors, strict=False))
    rows = math.ceil(len(rates) / COLUMNS)
    loads = list(rates.items())
    most = [
        max(len(by_name) for _, by_name in loads[row * COLUMNS : (row + 1) * COLUMNS])
        for row in range(rows)
    ]
    heights = [bars * BAR + AROUND for bars in most]
    figure, all_axes = pyplot.subplots(
        rows,
        COLUMNS,
        figsize=(WIDTH, sum(heights)),
        height_ratios=heights,
        squeeze=False,
        layout="constrained",
    )
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.08)
    for axes, (load, by_name) in zip(all_axes.flat, loads, strict=False):
        draw(axes, load, by_name, colours)
    for axes in all_axes.flat[len(loads) :]:
        axes.axis("off")
    figure.savefig(sys.argv[1])


def draw(axes: Any, load: str, by_name: dict[str, float], colours: dict[str, Any]) -> None:
    """One load: a bar for each contender, the first on top, with its figure at the end."""
    names = list(by_name)
    bars = axes.barh(names, by_name.values(), 0.75, color=[colours[name] for name in names])
    axes.bar_label(bars, [f"{rate:,.0f}" for rate in by_name.values()], padding=3, fontsize=8)
    axes.invert_yaxis()
    # Room for the figure of the longest bar.
    axes.set_xlim(right=max(by_name.values()) * 1.15)
    axes.set_title(f"{load}, answers per second", fontsize=10, loc="left")
    axes.tick_params(labelsize=8)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
