"""structlog without rich, whose frames no log of a hub has, wherever it is installed."""

from memory_hub.core.slim_imports import without

with without("rich"):
    import structlog  # noqa: F401 - for its effect
