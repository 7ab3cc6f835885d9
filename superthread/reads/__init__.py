"""Reading memories: one, lists, counts, the trash. Everything through ``policies``."""
