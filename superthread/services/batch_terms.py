"""What a batch is told, and what it tells: for services and for whoever calls them."""

from collections.abc import Callable
from dataclasses import dataclass

from memory_hub.core.errors import HubError
from superthread.reads.representation import Row

# Of an item: the memory's row, why it was refused, or None for what a dry run would have saved.
BatchOutcome = Row | HubError | None


class NotCarriedOut(HubError):
    status, code, title = 424, "not-carried-out", "Another item of the atomic batch was refused"


class TooMuchAtOnce(HubError):
    status, code = 413, "atomic-batch-too-large"
    title = "The atomic batch is too large for one transaction"


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """``atomic``: all or none. ``dry_run``: judge everything, write nothing."""

    atomic: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class BatchPart:
    """Items that fit into a transaction, ready for it: the place after the last one, and what
    writes them there."""

    end: int
    carry_out: Callable[[], list[BatchOutcome]]
