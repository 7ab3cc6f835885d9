"""Google Docs: how parallel the calls are, what they cost, and that a slow Google hurts nobody.

script/bench gdocs                 all four parts
script/bench gdocs parallel        endpoints whose calls go out side by side, 100 ms a call
script/bench gdocs memory          what a worker needs for Google's client
script/bench gdocs bystanders      /superthread while Google hangs or is gone
script/bench gdocs shared          large documents, a person who types, faults, slow tokens

A double stands in for Google, in a process of its own. The hubs are real ones.
"""

import argparse
import importlib

from benchmarks.hubs import DATABASES

PARTS = ("parallel", "memory", "bystanders", "shared")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/bench gdocs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART")
    parser.add_argument("--repeats", type=int, default=9, help="of each call (parallel)")
    parser.add_argument("--hubs", type=int, default=3, help="hubs of each kind (memory)")
    parser.add_argument("--workers", type=int, default=2, help="of each hub (memory)")
    parser.add_argument("--pairs", type=int, default=5, help="with Google and without (bystanders)")
    parser.add_argument("--seconds", type=float, default=5, help="of each run (bystanders)")
    parser.add_argument("--database", choices=DATABASES, default="sqlite", help="(bystanders)")
    parser.add_argument(
        "--google", choices=["hangs", "gone", "both"], default="both", help="(bystanders)"
    )
    options = parser.parse_args()
    for part in options.parts or PARTS:
        importlib.import_module(f"benchmarks.gdocs.{part}").main(options)


if __name__ == "__main__":
    main()
