"""Monitoring: cost of a request's timing, exactness over workers, time of a scrape and the charts.

script/bench monitoring                 all three, on SQLite
script/bench monitoring cost            microseconds a request
script/bench monitoring exact --requests 40000 --workers 4 --database postgresql
script/bench monitoring reads           a scrape of 500 series, charts over 7 days on 50 routes
"""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile

PARTS = ("cost", "reads", "exact")


def main() -> None:
    options = parse()
    if options.inside:
        # Before Django reads them: this process works on data of its own.
        os.environ["HUB_ACCESS_LOG"] = "0"
        importlib.import_module(f"benchmarks.monitoring.{options.inside}").main(options)
        return
    for part in options.parts or PARTS:
        run(part, options)


def run(part: str, options: argparse.Namespace) -> None:
    """Run a part in a process with a data directory of its own."""
    with tempfile.TemporaryDirectory(prefix="memory-hub-bench-") as directory:
        environment = {**os.environ, "HUB_DATA_DIR": directory, "HUB_ENVIRONMENT": "test"}
        command = [sys.executable, "-m", "benchmarks.monitoring", "--inside", part]
        for name in ("requests", "workers", "database"):
            command += [f"--{name}", str(getattr(options, name))]
        if options.database == "postgresql":
            command = [sys.executable, "-m", "testing.postgres", *command]
        done = subprocess.run(command, env=environment)
        if done.returncode:
            sys.exit(done.returncode)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench monitoring",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART")
    parser.add_argument("--requests", type=int, default=40_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--inside", choices=PARTS, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
