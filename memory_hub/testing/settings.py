"""The hub's settings for pytest: the test preset on a data directory of its own.

Tests must never touch the data of a hub in use, also when pytest is called by hand.
"""

import os
import tempfile

os.environ.setdefault("HUB_ENVIRONMENT", "test")
# Counted and told as always, but out of the way of tests that ask a lot.
os.environ.setdefault("HUB_RATE_LIMIT", "1000000/minute")
os.environ.setdefault("HUB_DATA_DIR", tempfile.mkdtemp(prefix="memory-hub-tests-"))

from memory_hub.settings import *
