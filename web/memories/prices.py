"""What pages of one memory cost beside requests and their bytes."""

from memory_hub.core.features import Price

RENDERED_BYTES = 2**10

PRICES = (Price("rendered_byte", 1, RENDERED_BYTES, "of a text that a page shows formatted"),)
