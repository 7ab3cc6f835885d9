"""What tests and benchmarks start ends with them, also when they are killed."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
import subprocess, time
from testing.servers.children import ends_with_parent
child = subprocess.Popen(["sleep", "60"], start_new_session=True, **ends_with_parent())
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do that")
@pytest.mark.parametrize("killed_by", [signal.SIGTERM, signal.SIGKILL])
def test_a_child_ends_when_its_parent_is_killed(killed_by):
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(killed_by)
    end = time.monotonic() + 10
    while _runs(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:  # also while it goes
        return False
    return state != "Z"  # ended, and nobody has asked how
