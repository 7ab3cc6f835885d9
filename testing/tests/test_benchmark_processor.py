"""How benchmarks count what servers have had of the processor."""

import subprocess
import sys

from benchmarks import processor

# Starts a child that computes for so many milliseconds; says so when it has ended, and stays.
PARENT = """
import subprocess, sys, time
CHILD = "import time\\nwhile time.process_time() < {seconds}: pass"
subprocess.run([sys.executable, "-c", CHILD], check=True)
print("ended", flush=True)
sys.stdin.read()
"""


def test_what_a_child_had_counts_when_it_has_ended():
    """As of a worker that its master has replaced."""
    code = PARENT.replace("{seconds}", "0.3")
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout.readline() == "ended\n"
        assert list(processor.family(parent.pid)) == [parent.pid]
        assert processor.seconds_of([parent.pid]) >= 0.28
        parent.stdin.close()


def test_of_a_process_that_is_gone_nothing_counts():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert processor.seconds_of([gone.pid]) == 0.0
