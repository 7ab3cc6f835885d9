"""What makes exports, where this process is to do so."""

from memory_hub.jobs.on_demand import OnDemand
from superthread.exports import files

making = OnDemand("superthread.exports.runner.runner", is_wanted=files.here, is_due=files.asked)
