"""Management commands in forks of one process that has imported the hub: to import it costs a
second of a processor, each time.

Run as a program it is that process, in the directory and with the environment of a hub: each line
of its input is the arguments of a command, each line of its output what came of it.
"""

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any


class ForkedCommands:
    """Commands of the checkout at ``root`` with this environment, one at a time. `close` ends the
    process, and so does the end of the object or of whoever holds it."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._one = threading.Lock()
        # -P: beside this file are modules that are called as packages of others.
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__],
            cwd=root,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        # Whatever becomes of the hub, nothing is left behind.
        self.close = weakref.finalize(self, self._process.communicate)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What came of a command. Raises RuntimeError where the hub cannot be imported."""
        with self._one:
            try:
                print(json.dumps(arguments), file=self._process.stdin, flush=True)
                told = self._process.stdout.readline()
            except BrokenPipeError:
                told = ""
            if not told:
                raise RuntimeError(f"No command can be run:\n{self._process.stderr.read()}")
        return subprocess.CompletedProcess(arguments, *json.loads(told))


def _serve(main: Callable[[], Any]) -> None:
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_forked(main, json.loads(line)))}\n")
        sys.stdout.flush()


def _forked(main: Callable[[], Any], arguments: list[str]) -> tuple[int, str, str]:
    """The exit status of a command, what it printed, and what it said on stderr."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        pid = os.fork()
        if pid == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.argv[1:] = arguments
            os._exit(_status(main))
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status), _text(out), _text(err)


def _status(main: Callable[[], Any]) -> int:
    """The exit status of a program, which has said what Python would say at its end."""
    try:
        main()
        status: Any = 0
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    if not isinstance(status, int):
        sys.stderr.write(f"{status}\n")
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    sys.argv = ["manage.py"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memory_hub.settings")

    import django

    from manage import main

    django.setup()
    _serve(main)
