"""Pythons with what contenders need, made in var/ where they are not there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from testing.servers.hub import ROOT

BENCHMARKS = ROOT / "benchmarks"
# What some contenders need at least.
NEWER = (3, 12)


def peer_python() -> str:
    """A Python with benchmarks/requirements.txt: HUB_BENCH_PYTHON, or one made in var/bench."""
    return os.environ.get("HUB_BENCH_PYTHON") or made_python(
        "bench", BENCHMARKS / "requirements.txt"
    )


def newer_python(name: str, requirements: Path) -> str:
    """As `made_python`, of a Python from 3.12 on. Raises RuntimeError where there is none."""
    for python in _pythons():
        ask = [python, "-c", f"import sys; sys.exit(sys.version_info < {NEWER})"]
        if subprocess.run(ask, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return made_python(name, requirements, python)
    raise RuntimeError(f"There is no Python from {NEWER} on: name one that has {requirements}")


def _pythons() -> Iterator[str]:
    """On the path, and beside this one, where several are kept beside each other."""
    yield sys.executable
    for minor in range(NEWER[1], NEWER[1] + 4):
        on_path = shutil.which(f"python3.{minor}")
        if on_path:
            yield on_path
        beside = Path(sys.base_prefix).parent.glob(f"3.{minor}*/bin/python3")
        yield from map(str, sorted(beside))


def made_python(name: str, requirements: Path, python: str = sys.executable) -> str:
    """A Python with these packages, in var/``name``; made where it is not there yet."""
    # A link to elsewhere is followed: venv refuses to write to one.
    place = (ROOT / "var" / name).resolve()
    made, mark = place / "bin" / "python", place / "requirements.txt"
    if not mark.exists() or mark.read_text() != requirements.read_text():
        print(f"Making the contenders' environment in var/{name} ...", file=sys.stderr)
        subprocess.run([python, "-m", "venv", place], check=True)
        install = [made, "-m", "pip", "install", "-qq", "-r", requirements]
        subprocess.run(install, check=True)
        mark.write_text(requirements.read_text())
    return str(made)
