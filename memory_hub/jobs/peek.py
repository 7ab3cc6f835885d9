"""Whether there is anything to do at all: asked every few seconds, so in one plain statement.

The ORM would answer as well, but using it for the first time writes into objects that a worker
shares with its master, which costs a megabyte and more of each worker's memory at rest.
"""

from datetime import datetime
from itertools import chain

from django.db import connection

from memory_hub.jobs.declared import scheduled
from memory_hub.jobs.leases import SLACK
from memory_hub.jobs.queue import LONGEST_WAIT

_PEEK = """
SELECT
  (SELECT count(*) FROM hub_job WHERE name IN ({names})),
  EXISTS (
    SELECT 1 FROM hub_job
    WHERE name IN ({names})
      AND (lease_until IS NOT NULL OR (enabled AND (next_run_at <= %s OR {too_far})))
  ) OR EXISTS (
    SELECT 1 FROM hub_task
    WHERE status IN ('READY', 'RUNNING')
      AND (status = 'RUNNING' OR due_at IS NULL OR due_at <= %s OR (run > 0 AND due_at > %s))
  )
"""


def is_anything_to_do(now: datetime) -> bool:
    """Whether a job is due, left, running or new, or a task ready, left or running."""
    jobs = scheduled()
    if not jobs:
        return True
    statement = _PEEK.format(
        names=", ".join(["%s"] * len(jobs)),
        too_far=" OR ".join(["(name = %s AND next_run_at > %s)"] * len(jobs)),
    )
    stored = connection.ops.adapt_datetimefield_value
    latest = [(name, stored(now + job.every + SLACK)) for name, job in jobs.items()]
    longest_wait = stored(now + LONGEST_WAIT + SLACK)
    values = [*jobs, *jobs, stored(now), *chain(*latest), stored(now), longest_wait]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        known, something = cursor.fetchone()
    return known < len(jobs) or bool(something)
