"""What is counted here beside requests and their bytes."""

from memory_hub.core.features import Price

COMPARED_BYTES = 16 * 2**10
COUNTED = 5_000

PRICES = (
    Price("compared_byte", 1, COMPARED_BYTES, "of the two texts of a diff"),
    Price("memory", 1, COUNTED, "memories that statistics count"),
)
