"""Who asks."""

from dataclasses import dataclass

from memory_hub.accounts.principal import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which profile of tools, and the token that was shown."""

    by: Principal
    profile: str
    credential: str
