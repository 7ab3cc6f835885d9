"""Bars of answers per second: python -m benchmarks.http.plot PATH.svg < rates.json

The rates are {load: {contender: answers a second}}.
"""

import json
import sys

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot


def main() -> None:
    rates: dict[str, dict[str, float]] = json.load(sys.stdin)
    names = list(dict.fromkeys(name for by_name in rates.values() for name in by_name))
    figure, axes = pyplot.subplots(figsize=(10, 5))
    width = 0.8 / len(names)
    for place, name in enumerate(names):
        spots = [i + place * width for i, by_name in enumerate(rates.values()) if name in by_name]
        heights = [by_name[name] for by_name in rates.values() if name in by_name]
        axes.bar(spots, heights, width, label=name)
    axes.set_yscale("log")
    axes.set_ylabel("answers per second")
    axes.set_xticks([i + 0.4 for i in range(len(rates))], list(rates), rotation=20, ha="right")
    axes.grid(axis="y", alpha=0.3)
    axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(sys.argv[1])


if __name__ == "__main__":
    main()
