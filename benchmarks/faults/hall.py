"""Where faults happen, and what is said of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.faults.load import LOST, Load, Outcome
from testing.postgres import PostgresServer
from testing.servers.hub import HubServer
from testing.servers.redis import RedisServer


@dataclass
class Hall:
    """Where a fault happens: makes hubs, says how long and how hard.

    ``new_hub`` takes what HubServer does and starts it; ``empty_hub`` has an empty database of the
    same kind and is not started. ``postgres`` and ``redis`` are there for faults of theirs.
    """

    new_hub: Callable[..., HubServer]
    empty_hub: Callable[[], HubServer] | None = None
    postgres: PostgresServer | None = None
    redis: RedisServer | None = None
    seconds: float = 10.0  # of load around a fault
    rate: float = 50.0  # requests a second
    kills: int = 50
    # Seconds of the fault that is nothing but a long time.
    steady: float = 600.0

    def load(self, hub: HubServer, **options: Any) -> Load:
        return Load(hub.url, hub.token("bench@example.com"), rate=self.rate, **options)


@dataclass
class Finding:
    """What a fault did: ``ok`` when the goal was met."""

    fault: str
    goal: str
    ok: bool
    figures: dict[str, Any] = field(default_factory=dict)


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """Requests, failures by status or kind of loss, and the slowest answer in milliseconds."""
    failures = Counter(o.code if o.status == LOST else str(o.status) for o in outcomes if o.failed)
    slowest = max((o.took for o in outcomes), default=0.0)
    return {
        "requests": len(outcomes),
        "failed": dict(failures),
        "slowest_ms": round(slowest * 1000),
    }
