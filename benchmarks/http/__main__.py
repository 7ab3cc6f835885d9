"""HTTP: the hub beside a bare application and a FastAPI service, and whether its cache is right.

script/bench http compare       ceilings in turn, several rounds, medians and ratios
script/bench http mixed         open loop of reads, searches and writes at a steady rate
script/bench http stale         reads after writes through random workers: none may be old
script/bench http layer         what the cache costs a request it cannot answer
script/bench http gzip          what compressing a list costs, beside zlib
script/bench http leaks         permissions flipped in a loop: none may be answered after
script/bench http outage        what a fault of Redis costs a request
"""

import argparse

from benchmarks.http import compare, gzipped, layer, mixed, outage, truth


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/bench http",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module, name in (
        (compare, "compare"),
        (mixed, "mixed"),
        (layer, "layer"),
        (gzipped, "gzip"),
        (truth, "stale"),
        (truth, "leaks"),
        (outage, "outage"),
    ):
        command = commands.add_parser(name)
        getattr(module, f"arguments_of_{name}")(command)
        command.set_defaults(run=getattr(module, name))
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
