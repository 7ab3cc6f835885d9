"""Memories into and out of files: what ``import_memories`` and ``export_memories`` do."""
