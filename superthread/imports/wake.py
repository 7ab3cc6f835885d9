"""What carries imports out, where this process is to do so."""

from memory_hub.jobs.on_demand import OnDemand
from superthread.imports import files

importing = OnDemand(
    "superthread.imports.runner.runner", is_wanted=files.waiting, is_due=files.waiting
)
