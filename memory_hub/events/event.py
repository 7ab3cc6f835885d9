"""What every event has."""

from dataclasses import dataclass

from memory_hub.core.identity import Actor, Identity, Origin


@dataclass(frozen=True, slots=True)
class Event:
    """One change, who made it, and where it came from.

    Both travel with what is written, never in a context variable: the leader of a group commit
    writes for others.
    """

    actor: Actor
    origin: Origin

    @property
    def by(self) -> Identity:
        """Whoever made it, for what services do on account of it."""
        user_id, token_id = self.actor.user_id or 0, self.actor.token_id
        return Identity(user_id, "", frozenset(), token_id=token_id, origin=self.origin)
