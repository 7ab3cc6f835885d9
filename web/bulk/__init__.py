"""Many memories at once: the trash, and what is done with a selection of a list."""
