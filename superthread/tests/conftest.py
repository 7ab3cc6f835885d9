"""Fixtures of the tests of memories."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def unfolded(monkeypatch):
    """The process that writes folds nothing, as in a hub, which has a loop for it."""
    monkeypatch.setattr("superthread.search.index.wake.note", lambda documents: None)


@pytest.fixture
def run(mina, capsys):
    """``run(path, "--scope", …)``: the summary as a dictionary, what stderr said, and whether the
    exit status would be 1; as Mina unless told."""

    def command(path, *options, who="mina@example.com"):
        out, err = StringIO(), StringIO()
        failed = False
        try:
            call_command(
                "import_memories", str(path), "--as", who, *options, stdout=out, stderr=err
            )
        except CommandError as error:
            failed = True
            err.write(str(error))
        counts = [part.split(" ") for part in out.getvalue().strip().split(", ") if part]
        return {kind: int(count) for count, kind in counts}, err.getvalue(), failed

    return command
