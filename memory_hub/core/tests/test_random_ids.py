"""Names of requests and traces: no two alike, whoever asks."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from memory_hub.core.random_ids import random_id

# Makes ids ready, forks as a server does with its workers, and prints the next of either.
FORKS = """
import os
from memory_hub.core.random_ids import random_id
random_id(16)
child = os.fork()
os.write(1, random_id(16).encode() + b"\\n")
if child:
    os.waitpid(child, 0)
"""


def test_threads_get_different_ids_of_the_length_they_asked_for():
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(random_id, [16] * 2_000))
    assert len(set(found)) == 2_000
    assert {len(one) for one in found} == {32}
    assert [len(random_id(octets)) for octets in (8, 12)] == [16, 24]
    int(found[0], 16)


def test_a_forked_worker_does_not_repeat_the_ids_of_its_parent():
    done = subprocess.run([sys.executable, "-c", FORKS], stdout=subprocess.PIPE, check=True)
    one, other = done.stdout.split()
    assert one != other
