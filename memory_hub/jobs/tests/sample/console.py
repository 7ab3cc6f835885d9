"""Carries out the lines that it reads, each in the words of `work`, and answers each: starting a
process for every one would take most of a test's time."""

import sys

import django
from django.db import connections

django.setup()

from memory_hub.jobs.tests.sample import work  # noqa: E402 - Django has to be there first

for line in sys.stdin:
    exec(line, vars(work).copy())
    # The next one may come after the database was away.
    connections.close_all()
    sys.stdout.write("done\n")
    sys.stdout.flush()
