"""What every event has."""

from dataclasses import dataclass

from memory_hub.core.identity import Actor, Origin


@dataclass(frozen=True, slots=True)
class Event:
    """One change, who made it, and where it came from.

    Both travel with what is written, never in a context variable: the leader of a group commit
    writes for others.
    """

    actor: Actor
    origin: Origin
