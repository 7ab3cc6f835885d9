"""What the hub does under faults, at a steady load: script/bench faults --help."""

# What the hub of a fault prints when a request is about to stop its event loop.
STANDING_STILL = "The event loop stands still."
