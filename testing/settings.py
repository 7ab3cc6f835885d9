"""The hub's settings for pytest: the test preset on a data directory of its own.

Tests must never touch the data of a hub in use, also when pytest is called by hand.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("HUB_ENVIRONMENT", "test")
# Counted and told as always, but out of the way of tests that ask a lot.
os.environ.setdefault("HUB_RATE_LIMIT", "100000000/minute")
os.environ.setdefault("HUB_LOGIN_LIMIT", "100000000/minute")
os.environ.setdefault("HUB_OAUTH_REGISTRATIONS", "100000000/hour")
os.environ.setdefault("HUB_OAUTH_DOCUMENTS", "100000000/hour")
os.environ.setdefault("HUB_DATA_DIR", tempfile.mkdtemp(prefix="memory-hub-tests-"))
if "PYTEST_XDIST_WORKER" in os.environ:
    # Processes side by side have databases of their own, so also counters and locks of their own:
    # through shared counters, one would outdate the answers that the other counts.
    # A process that a test starts finds the test's own directory, and with it its SECRET_KEY.
    given, own = Path(os.environ["HUB_DATA_DIR"]), os.environ["PYTEST_XDIST_WORKER"]
    os.environ["HUB_DATA_DIR"] = str(given if given.name == own else given / own)

from memory_hub.settings import *
