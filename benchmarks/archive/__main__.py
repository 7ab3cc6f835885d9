"""A whole hub as an archive and back in an empty one: time, memory, and the answers of both.

script/bench archive
script/bench archive --memories 100000 --versions 3

Each step runs in a process of its own on a SQLite database: CPU and wall seconds, the most memory,
and how much of it is above a process that only has started. Then five people ask both hubs the
same over the API, and all answers must be the same byte for byte, ids included.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.archive.answers import differences
from benchmarks.transfer import run, tell


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory(prefix="hub-bench-", dir=options.dir) as scratch:
        here = Path(scratch)
        os.environ |= {"HUB_RATE_LIMIT": "off", "HUB_LOG_LEVEL": "ERROR"}
        archive = here / "hub.zip"
        idle = run(here, "one", "manage.py", "check")
        size = [str(options.memories), str(options.versions)]
        tell("fill a hub", run(here, "one", "-m", "benchmarks.archive.filling", *size), idle)
        export = ["manage.py", "export_memories", str(archive), "--all", "--verbosity", "0"]
        tell("write it", run(here, "one", *export), idle)
        print(f"  {archive.stat().st_size / 2**20:.0f} MiB")
        back = ["manage.py", "import_memories", str(archive), "--owners", "--verbosity", "0"]
        tell("bring it back", run(here, "two", *back), idle)
        for name in ("one", "two"):
            asking = ["-m", "benchmarks.archive.answers", str(here / f"{name}.jsonl")]
            tell(f"ask hub {name}", run(here, name, *asking, str(options.samples)), idle)
        asked, other = differences(here / "one.jsonl", here / "two.jsonl")
        print(f"{asked} answers, {len(other)} of them others")
        for place in other[:20]:
            print(f"  {place}")
        sys.exit(bool(other))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench archive",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--memories", type=int, default=100_000)
    parser.add_argument("--versions", type=int, default=3, help="of each memory (3)")
    parser.add_argument("--samples", type=int, default=300, help="memories asked for one by one")
    parser.add_argument("--dir", help="where the databases lie")
    return parser.parse_args()


if __name__ == "__main__":
    main()
