"""Pythons with what contenders need, made in var/ where they are not there."""

import os
import subprocess
import sys
import venv
from pathlib import Path

from testing.servers.hub import ROOT

BENCHMARKS = ROOT / "benchmarks"


def peer_python() -> str:
    """A Python with benchmarks/requirements.txt: HUB_BENCH_PYTHON, or one made in var/bench."""
    return os.environ.get("HUB_BENCH_PYTHON") or made_python(
        "bench", BENCHMARKS / "requirements.txt"
    )


def made_python(name: str, requirements: Path) -> str:
    """A Python with these packages, in var/``name``; made where it is not there yet."""
    place = ROOT / "var" / name
    python, mark = place / "bin" / "python", place / "requirements.txt"
    if not mark.exists() or mark.read_text() != requirements.read_text():
        print(f"Making the contenders' environment in var/{name} ...", file=sys.stderr)
        venv.create(place, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-qq", "-r", str(requirements)]
        subprocess.run(install, check=True)
        mark.write_text(requirements.read_text())
    return str(python)
