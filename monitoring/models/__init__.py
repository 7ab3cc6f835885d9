"""Tables of the statistics; all of them are bounded."""

from monitoring.models.series import ALL_ROUTES, EndpointTotal, Slice
from monitoring.models.slow import SlowQuery, SlowRequest
from monitoring.models.workers import Ledger, Reset, WorkerProcess

__all__ = [
    "ALL_ROUTES",
    "EndpointTotal",
    "Ledger",
    "Reset",
    "Slice",
    "SlowQuery",
    "SlowRequest",
    "WorkerProcess",
]
