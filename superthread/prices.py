"""What is counted here beside requests and their bytes."""

from memory_hub.core.features import Price

COMPARED_BYTES = 16 * 2**10
COUNTED = 5_000
# Points of asking the hub to send something: a thread waits for whoever gets it.
TEST = 20

PRICES = (
    Price("compared_byte", 1, COMPARED_BYTES, "of the two texts of a diff"),
    Price("memory", 1, COUNTED, "memories that statistics count"),
)
