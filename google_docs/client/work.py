"""What is counted of the work with Google, beside requests."""

from memory_hub.core.features import Work
from memory_hub.core.request_stats import NO_ANSWER

# Google's name of the method; the status, or NO_ANSWER.
CALLS = Work(
    "GOOGLE_CALL",
    "method",
    histogram=(
        "memory_hub_google_call_duration_seconds",
        "Time until Google answered a call, or until it was given up.",
    ),
    outcomes={NO_ANSWER: "none"},
    failures=frozenset({NO_ANSWER}),
)
# The same; what comes of it is counted as a call.
RETRIES = Work(
    "GOOGLE_RETRY",
    "method",
    counter=("memory_hub_google_retries_total", "Calls of Google sent again."),
)
